import type { Catalog, CatalogColumn, CatalogTable } from '../../dialect/postgres/catalog.js';
import { UsageError } from '../../errors/portolan-error.js';
import { leavingTables } from './leaving-tables.js';
import type { ZulipTable } from './table.js';
import { stayingTables } from './staying-tables.js';

/** Every table of objects, whether or not its rows leave. Tables of links stand in `links.ts`. */
export const zulipTables: readonly ZulipTable[] = Object.freeze([...leavingTables, ...stayingTables]);

/** A column as a version of Zulip has it: whether its values leave. */
export interface ZulipColumn {
  readonly name: string;
  readonly use: 'public' | 'secret' | 'never' | 'derived';
}

const marks = Object.freeze({ '-': 'never', '!': 'secret', '~': 'derived' } as const);

export function columnsOf({ columns }: ZulipTable): readonly ZulipColumn[] {
  return columns.split(' ').map((text) => {
    const mark = text.slice(0, 1);
    return mark in marks ? { name: text.slice(1), use: marks[mark as keyof typeof marks] } : { name: text, use: 'public' };
  });
}

/**
 * The schema that holds Zulip's tables: `zulip` on a server, `public` often elsewhere. Of several, the one that the connection's own
 * search path comes to first.
 *
 * @throws UsageError PROFILE_TABLES
 */
export function zulipSchema({ tables, searchPath }: Pick<Catalog, 'tables' | 'searchPath'>): string {
  const found = tables.filter(({ name, kind }) => name === 'zerver_realm' && (kind === 'r' || kind === 'p'));
  const schemas = found.map(({ schema }) => schema);
  const [only] = schemas;
  if (only === undefined) {
    throw new UsageError('PROFILE_TABLES', 'the profile zulip finds no table zerver_realm in this database', {
      hint: "Does the connection lead to Zulip's database, and may its role see the tables?",
    });
  }
  const chosen = schemas.length === 1 ? only : searchPath.find((schema) => schemas.includes(schema));
  if (chosen !== undefined) return chosen;
  throw new UsageError('PROFILE_TABLES', `the tables of Zulip stand in several schemas: ${schemas.join(', ')}`, {
    hint: 'Say which: --url "postgres://…?options=-c%20search_path=zulip"',
  });
}

/** The tables of Zulip's schema by name, each with its columns. */
export function tablesIn(
  catalog: Pick<Catalog, 'tables' | 'columns'>,
  schema: string,
): ReadonlyMap<string, { readonly table: CatalogTable; readonly columns: readonly CatalogColumn[] }> {
  const own = catalog.tables.filter(
    (table) => table.schema === schema && table.root === undefined && ['r', 'p'].includes(table.kind),
  );
  const columns = new Map<string, CatalogColumn[]>(own.map(({ oid }) => [oid, []]));
  for (const column of catalog.columns) columns.get(column.table)?.push(column);
  return new Map(own.map((table) => [table.name, { table, columns: columns.get(table.oid) ?? [] }]));
}
