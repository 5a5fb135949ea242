import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileError } from '../archive/file-error.js';
import type { DatabaseIdentity } from '../changes/journal.js';
import { PortolanError, RefusedError, UsageError } from '../errors/portolan-error.js';
import type { Schema } from '../schema/schema.js';
import { parseObjectName } from '../seeds/object-name.js';
import type { ObjectName } from '../seeds/object-name.js';

/**
 * Proves that an import brought a row as a placeholder.
 *
 * @throws RefusedError NO_PLACEHOLDER; UsageError ID_MAP_INVALID, FILE_ERROR
 */
export async function proveMarked(
  schema: Schema,
  database: DatabaseIdentity,
  idMap: string,
  { entity, values }: ObjectName,
  name: string,
): Promise<void> {
  try {
    for await (const line of createInterface({ input: createReadStream(idMap), crlfDelay: Infinity })) {
      if (!line.includes('"placeholder"')) continue;
      const marked = markedName(line, database, idMap);
      const other = marked === undefined ? undefined : parseObjectName(schema, marked);
      if (other?.entity === entity && other.values.join('\0') === values.join('\0')) return;
    }
  } catch (error) {
    throw error instanceof PortolanError ? error : fileError(error, idMap);
  }
  throw new RefusedError('NO_PLACEHOLDER', `${idMap} does not say that ${name} of this database is a placeholder`, {
    hint: 'Nothing was written. Name the id map of the import that brought it; its lines with "placeholder":true list them.',
  });
}

function markedName(line: string, database: DatabaseIdentity, idMap: string): string | undefined {
  try {
    const { to, placeholder, ...other } = JSON.parse(line) as {
      readonly to?: unknown;
      readonly placeholder?: unknown;
      readonly database?: Partial<DatabaseIdentity>;
    };
    const isHere = other.database?.name === database.name && other.database.oid === database.oid;
    return placeholder === true && isHere && typeof to === 'string' ? to : undefined;
  } catch {
    throw new UsageError('ID_MAP_INVALID', `${idMap}: not lines of an id map`);
  }
}
