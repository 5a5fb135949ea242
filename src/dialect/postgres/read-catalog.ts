import type { Purpose } from '../query-event.js';
import type { Session, TextRow } from '../session.js';
import type { Catalog, CatalogColumn, CatalogForeignKey, CatalogIndex, CatalogTable } from './catalog.js';
import { columnsSql, foreignKeysSql, indexesSql, searchPathSql, tablesSql, triggersSql } from './catalog-sql.js';

/** Reads what the catalog says of every user table: six queries, however many tables there are. */
export async function readCatalog(session: Session): Promise<Catalog> {
  const { version } = session.server;
  const tables = (await session.query(tablesSql, [], catalog('tables'))).map(toTable);
  const columns = (await session.query(columnsSql, [], catalog('columns'))).map(toColumn);
  const constraints = (await session.query(foreignKeysSql(version), [], catalog('foreign keys'))).map(toForeignKey);
  const all = (await session.query(indexesSql(version), [], catalog('indexes'))).map(toIndex);
  const indexes = all.filter(({ unique }) => unique);
  const exclusions = all.filter(({ unique }) => !unique);
  const fired = await session.query(triggersSql, [], catalog('triggers'));
  const triggers = fired.map(([table, name]) => ({ table: text(table), name: text(name) }));
  const [path] = await session.query(searchPathSql, [], catalog('search path'));
  return {
    tables,
    columns,
    constraints,
    indexes,
    exclusions,
    triggers,
    searchPath: searchPath(text(path?.[0]), text(path?.[1])),
  };
}

function catalog(what: string): Purpose {
  return { what: `read the catalog: ${what}` };
}

/** `"$user", public` as schema names. */
function searchPath(setting: string, user: string): readonly string[] {
  const names = setting.split(',').map((part) =>
    part
      .trim()
      .replace(/^"(.*)"$/su, '$1')
      .replaceAll('""', '"'),
  );
  return names.filter((name) => name !== '').map((name) => (name === '$user' ? user : name));
}

function toTable([oid, schema, name, kind, root, rows, ancestors, indexed]: TextRow): CatalogTable {
  return {
    oid: text(oid),
    schema: text(schema),
    name: text(name),
    kind: text(kind),
    root: root ?? undefined,
    ancestors: parseArray(text(ancestors)),
    estimatedRows: Number(rows),
    indexed: parseArray(text(indexed)),
  };
}

function toColumn(row: TextRow): CatalogColumn {
  const [table, number, name, type, bare, category, baseType, baseSchema, ...rest] = row;
  const [
    elementType,
    elementSchema,
    elementKind,
    equality,
    deterministic,
    collation,
    notNull,
    expression,
    generated,
    identity,
    ...sequence
  ] = rest;
  const [sequenceSchema, sequenceName, parts] = sequence;
  return {
    table: text(table),
    number: Number(number),
    name: text(name),
    type: text(type),
    lookupType: integerTypes.has(text(baseType)) && baseSchema === 'pg_catalog' ? 'bigint' : text(bare),
    category: text(category),
    baseType: text(baseType),
    baseSchema: text(baseSchema),
    elementType: text(elementType),
    elementSchema: text(elementSchema),
    elementKind: text(elementKind),
    parts: typeof parts === 'string' ? parseArray(parts).map(toPart) : [],
    equality: equality ?? '=',
    deterministic: deterministic === 't',
    collation: collation ?? undefined,
    nullable: notNull === 'f',
    default: generated === '' ? (expression ?? undefined) : undefined,
    generated: generated !== '',
    generatedAs: generated === '' ? undefined : (expression ?? undefined),
    identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : undefined,
    sequence: typeof sequenceName === 'string' ? { schema: text(sequenceSchema), name: sequenceName } : undefined,
  };
}

/** `text pw`: what stands before the first space is the type. */
function toPart(told: string): CatalogColumn['parts'][number] {
  const end = told.indexOf(' ');
  return { name: told.slice(end + 1), elementType: told.slice(0, end) };
}

const integerTypes: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

function toForeignKey([
  name,
  table,
  columns,
  parent,
  parentColumns,
  deferrable,
  validated,
  matchFull,
  temporal,
]: TextRow): CatalogForeignKey {
  return {
    name: text(name),
    table: text(table),
    columns: parseArray(text(columns)),
    parent: text(parent),
    parentColumns: parseArray(text(parentColumns)),
    deferrable: deferrable === 't',
    validated: validated === 't',
    matchFull: matchFull === 't',
    temporal: temporal === 't',
  };
}

function toIndex([
  table,
  name,
  primary,
  columns,
  count,
  parts,
  predicate,
  nullsNotDistinct,
  deferrable,
  immediate,
  unique,
  operators,
]: TextRow): CatalogIndex {
  return {
    table: text(table),
    name: text(name),
    primary: primary === 't',
    columns: numbers(columns).slice(0, Number(count)),
    parts: parseArray(text(parts)),
    predicate: predicate ?? undefined,
    nullsNotDistinct: nullsNotDistinct === 't',
    deferrable: deferrable === 't',
    immediate: immediate === 't',
    unique: unique === 't',
    operators: parseArray(text(operators)),
  };
}

function text(value: string | null | undefined): string {
  return value ?? '';
}

/** `{1,2}` or `[0:1]={1,2}`. */
function numbers(array: string | null | undefined): readonly number[] {
  const body = text(array).replace(/^.*\{/u, '').replace('}', '');
  return body === '' ? [] : body.split(',').map(Number);
}

/** A one-dimensional array of texts without NULL. */
export function parseArray(array: string): readonly string[] {
  const values: string[] = [];
  for (const match of array.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gsu)) {
    values.push(match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(.)/gsu, '$1'));
  }
  return values;
}
