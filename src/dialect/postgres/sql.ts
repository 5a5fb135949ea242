import { UsageError } from '../../errors/portolan-error.js';
import type { Column, Entity, TableName } from '../../schema/schema.js';

/** `"na""me"`: any identifier, safe in a statement. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Schema and table, quoted part by part: names may hold dots. */
export function quoteTable(table: TableName): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/** The table where rows are read or changed: without those of tables that inherit from it, which are theirs, as foreign keys see it too. */
export function ownRows({ table, partitioned }: Pick<Entity, 'table' | 'partitioned'>): string {
  return partitioned ? quoteTable(table) : `ONLY ${quoteTable(table)}`;
}

/** A text literal; standard_conforming_strings is on in every session of ours. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0'))
    throw new UsageError('INVALID_VALUE', 'a value holds the character NUL, which PostgreSQL cannot store');
  return `'${text.replaceAll("'", "''")}'`;
}

/** What would end an element, or stand for something else. */
const special = /[\\"]/u;

/** The text of a one-dimensional array, for a parameter or a literal. */
export function arrayLiteral(values: Iterable<string | null>): string {
  const parts: string[] = [];
  for (const value of values) parts.push(arrayElement(value));
  return `{${parts.join(',')}}`;
}

/** One value in {@link arrayLiteral}. */
export function arrayElement(value: string | null): string {
  return value === null ? 'NULL' : `"${special.test(value) ? value.replace(/[\\"]/gu, '\\$&') : value}"`;
}

/** `alias."a", alias."b"`. */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? quoteIdentifier(name) : `${alias}.${quoteIdentifier(name)}`)).join(', ');
}

/** Types whose own order is that of their texts' bytes, so that an index serves. */
const nativelyOrdered: ReadonlySet<string> = new Set(['uuid', 'bytea']);

/** An ORDER BY expression that sorts as the archive does: numbers as numbers, all else by the bytes of its text. */
export function keyOrderSql(column: Column, alias: string): string {
  const name = `${alias}.${quoteIdentifier(column.name)}`;
  if (column.kind === 'integer' || column.kind === 'number' || nativelyOrdered.has(column.type)) return name;
  return `${name}::text COLLATE "C"`;
}

export function columnNamed(entity: Entity, name: string): Column {
  const column = entity.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new TypeError(`${entity.model} has no column ${name}`);
  return column;
}

/** That a column that references holds what the referenced one does: as the constraint does, by the collation of the referenced one. */
export function equalColumns(child: Column, childAlias: string, parent: Column, parentAlias: string): string {
  const { collation } = parent;
  const isClear = collation === undefined || child.collation === undefined || child.collation === collation;
  const [own, other] = [`${childAlias}.${quoteIdentifier(child.name)}`, `${parentAlias}.${quoteIdentifier(parent.name)}`];
  if (isId(child) && isText(parent)) return `${own}::pg_catalog.text = ${other}`;
  if (isText(child) && isId(parent)) return `${own} = ${other}::pg_catalog.text`;
  return `${own} ${child.equality} ${other}${isClear ? '' : ` COLLATE ${collation}`}`;
}

/** Of text and ids, the ids are written as text: not every text is one. */
function isText({ lookupType }: Column): boolean {
  return lookupType === 'text' || lookupType === 'character varying';
}

function isId({ integer, lookupType }: Column): boolean {
  return integer !== undefined || lookupType === 'uuid';
}
