import type { DataSource } from 'typeorm';
import type { ConnectionTarget } from './connection-error.js';

/** Where a data source of type postgres connects to, from its options alone. A URL wins over single options, as in TypeORM. */
export function connectionTarget(dataSource: DataSource): ConnectionTarget {
  const options = dataSource.options as ConnectionOptions & { readonly replication?: { readonly master?: ConnectionOptions } };
  const given = options.replication?.master ?? options;
  const url = given.url !== undefined && URL.canParse(given.url) ? new URL(given.url) : undefined;
  return {
    host: part(url?.hostname) ?? part(url?.searchParams.get('host')) ?? given.host ?? process.env['PGHOST'],
    port: Number(part(url?.port) ?? given.port ?? process.env['PGPORT'] ?? 5432),
    database: part(url?.pathname.slice(1)) ?? given.database ?? process.env['PGDATABASE'],
    user: part(url?.username) ?? given.username ?? process.env['PGUSER'],
  };
}

function part(text: string | null | undefined): string | undefined {
  return text === undefined || text === null || text === '' ? undefined : decodeURIComponent(text);
}

interface ConnectionOptions {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly username?: string;
}
