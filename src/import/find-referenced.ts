import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { arrayLiteral, columnNamed, equalColumns, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Column, Entity, Reference, Schema } from '../schema/schema.js';

/** Values in one statement. */
const valuesAtOnce = 50_000;

/**
 * Which values of a reference lead to one of some values of its parent columns, or to a row of the target, as its constraint compares
 * them: `1.5` leads to `1.50`, and `ada` to `Ada` where case does not count.
 */
export async function findReferenced(
  session: Session,
  schema: Schema,
  reference: Reference,
  values: readonly Key[],
  among: 'target' | readonly Key[],
): Promise<ReadonlySet<Key>> {
  const found = new Set<Key>();
  const child = schema.entities.get(reference.child);
  const parent = schema.entities.get(reference.parent);
  if (child === undefined || parent === undefined) return found;
  // Of keys inside values, the values to look for are those of the parent.
  const [holder, names] = reference.inside === undefined ? [child, reference.columns] : [parent, reference.parentColumns];
  const columns = names.map((name) => columnNamed(holder, name));
  const parentColumns = reference.parentColumns.map((name) => columnNamed(parent, name));
  const conditions = columns.map((column, at) => equalColumns(column, 'v', parentColumns[at] ?? column, 'p')).join(' AND ');
  const purpose = { what: `find what ${reference.columns.join(', ')} of ${child.table.name} leads to`, table: parent.table };
  for (const asked of batches(values)) {
    const mine = relation(columns, 1);
    for (const [theirs, parameters] of parents(parent, parentColumns, among, columns.length + 1)) {
      const sql = `SELECT v.ordinal FROM ${mine} v WHERE EXISTS (SELECT 1 FROM ${theirs} p WHERE ${conditions})`;
      for (const [ordinal] of await session.query(sql, [...arrays(columns.length, asked), ...parameters], purpose))
        found.add(asked[Number(ordinal) - 1] ?? '');
    }
  }
  return found;
}

function* parents(
  entity: Entity,
  columns: readonly Column[],
  among: 'target' | readonly Key[],
  first: number,
): Generator<readonly [relation: string, parameters: readonly string[]]> {
  if (among === 'target') yield [ownRows(entity), []];
  else for (const values of batches(among)) yield [relation(columns, first), arrays(columns.length, values)];
}

/** Values as rows of these columns; what is not of the database's own collation says so. */
function relation(columns: readonly Column[], first: number): string {
  const typed = columns.map(({ name, lookupType, collation }, at) => {
    const value = `u.c${String(at)}::${lookupType}${collation === undefined ? '' : ` COLLATE ${collation}`}`;
    return `${value} AS ${quoteIdentifier(name)}`;
  });
  const names = columns.map((_, at) => `c${String(at)}`);
  const parameters = columns.map((_, at) => `$${String(first + at)}::text[]`);
  return `(SELECT u.ordinal, ${typed.join(', ')} FROM unnest(${parameters.join(', ')}) WITH ORDINALITY u(${names.join(', ')}, ordinal))`;
}

function arrays(width: number, values: readonly Key[]): readonly string[] {
  const texts = values.map(keyTexts);
  return Array.from({ length: width }, (_, at) => arrayLiteral(texts.map((row) => row[at] ?? null)));
}

function* batches(values: readonly Key[]): Generator<readonly Key[]> {
  for (let from = 0; from < values.length; from += valuesAtOnce) yield values.slice(from, from + valuesAtOnce);
}
