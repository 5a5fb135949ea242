import type { DataSource, Logger } from 'typeorm';
import { UsageError } from '../errors/portolan-error.js';

/** Readers and a writer at once. */
const fewestConnections = 6;

/**
 * Takes from a data source everything that would change the database, print to standard output, or open something else,
 * before it is opened. With `url` its connection is replaced. One that the user's file has opened already is closed first.
 *
 * @throws UsageError INVALID_URL
 */
export async function makeSafe(dataSource: DataSource, url: string | undefined): Promise<void> {
  const { options, ...connection } = url === undefined ? {} : connectionOf(url);
  if (dataSource.isInitialized) await dataSource.destroy();
  const { extra = {}, poolSize } = dataSource.options as {
    readonly extra?: Readonly<Record<string, unknown>>;
    readonly poolSize?: number;
  };
  const own = url === undefined ? extra : withoutConnection(extra);
  const max = Math.max(Number(own['max'] ?? poolSize ?? 10), fewestConnections);
  dataSource.setOptions({
    synchronize: false,
    dropSchema: false,
    migrationsRun: false,
    migrations: [],
    subscribers: [],
    installExtensions: false,
    cache: false,
    logging: false,
    logger: silentLogger,
    ...connection,
    extra: { ...own, ...(options === undefined ? {} : { options }), max },
  });
  // A cache was made with the data source, and would open a connection of its own.
  (dataSource as { queryResultCache?: unknown }).queryResultCache = undefined;
}

/** Standard output belongs to the archive. What matters of the database comes as an error or a finding. */
const silentLogger: Logger = Object.freeze({
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
});

function withoutConnection(extra: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const place = new Set(['host', 'port', 'user', 'password', 'database', 'connectionString']);
  return Object.fromEntries(Object.entries(extra).filter(([name]) => !place.has(name)));
}

/** Every option that says where a connection goes. What the URL leaves out is what the environment and the driver say. */
function connectionOf(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '')
    throw new UsageError('INVALID_URL', '--url is empty', {
      hint: 'Where it comes from a variable, see whether that is set. Write: postgres://user:password@host:5432/database',
    });
  // libpq takes an empty host beside a user, a URL does not.
  const hostless = /^postgres(?:ql)?:\/\/[^/?#]*@(?=[/?#]|$)/u.exec(text)?.[0];
  const whole = hostless === undefined ? text : `${hostless}localhost${text.slice(hostless.length)}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || !/^postgres(?:ql)?:\/\//u.test(whole)) {
    throw invalidUrl('Write: postgres://user:password@host:5432/database');
  }
  return {
    url: undefined,
    replication: undefined,
    host:
      part(url.searchParams.get('host') ?? (hostless === undefined ? url.hostname : '')) ?? process.env['PGHOST'] ?? 'localhost',
    port: Number(part(url.port) ?? process.env['PGPORT'] ?? 5432),
    username: part(url.username) ?? process.env['PGUSER'],
    password: part(url.password) ?? process.env['PGPASSWORD'],
    database: part(url.pathname.slice(1)) ?? process.env['PGDATABASE'],
    ...securityOf(url.searchParams.get('sslmode')),
    // Settings of the session: which schema unqualified tables are in, for one.
    options: url.searchParams.get('options') ?? undefined,
  };
}

function securityOf(mode: string | null): Readonly<Record<string, unknown>> {
  switch (mode) {
    case null:
      return {};
    case 'disable':
      return { ssl: false };
    case 'allow':
    case 'prefer':
    case 'require':
      return { ssl: { rejectUnauthorized: false } };
    case 'verify-ca':
    case 'verify-full':
      return { ssl: true };
    default:
      throw invalidUrl('sslmode is disable, allow, prefer, require, verify-ca or verify-full.');
  }
}

function part(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUrl('Write % as %25; other characters that a URL does not take in the same way.');
  }
}

function invalidUrl(hint: string): UsageError {
  return new UsageError('INVALID_URL', '--url is no connection string', { hint });
}
