import type { DataSource } from 'typeorm';
import { FailedError, PortolanError, UsageError } from '../errors/portolan-error.js';
import { connectionError, isConnectionError } from '../dialect/postgres/connection-error.js';
import { connectionTarget } from '../dialect/postgres/connection-target.js';

/** What to do about the errors that TypeORM raises while it builds its metadata. */
const advice: Readonly<Record<string, string>> = Object.freeze({
  CircularRelationsError: 'TypeORM wants one relation of the circle nullable.',
  ColumnTypeUndefinedError:
    'Give the column a type, or let Portolan load the TypeScript itself: other loaders drop decorator metadata.',
  DataTypeNotSupportedError: 'The column has a type that PostgreSQL lacks.',
  DriverPackageNotInstalledError: 'Install the driver beside the data source: npm install pg',
  EntityMetadataNotFoundError: 'An entity is named in a relation and missing in `entities` of the data source.',
  MissingPrimaryColumnError: 'Every entity needs a primary column.',
});

/**
 * Opens a data source that `loadDataSource` gave.
 *
 * @throws FailedError NO_CONNECTION (naming the place, never the password), DATA_SOURCE_BROKEN; UsageError UNSUPPORTED_DATABASE
 */
export async function initializeDataSource(dataSource: DataSource, file = 'the data source'): Promise<void> {
  const { type } = dataSource.options;
  if (type !== 'postgres') {
    throw new UsageError('UNSUPPORTED_DATABASE', `the data source is of type "${type}"; only "postgres" is supported`);
  }
  try {
    await dataSource.initialize();
  } catch (error) {
    if (error instanceof PortolanError) throw error;
    if (isConnectionError(error)) throw connectionError(error, connectionTarget(dataSource));
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    throw new FailedError('DATA_SOURCE_BROKEN', `${file} does not open: ${message.split('\n')[0] ?? name}`, {
      hint: advice[name] ?? 'Does the application itself start with it? Run it with --verbose to see where.',
      detail: error instanceof Error ? error.stack : undefined,
      cause: error,
    });
  }
}
