import type { Key } from '../../closure/key.js';
import { keyTexts } from '../../closure/key.js';
import type { Column } from '../../schema/schema.js';
import type { Session } from '../session.js';
import { arrayLiteral } from './sql.js';

/** Those of some values of the columns that equal one of the others, however the two are written. */
export async function equalValues(
  session: Session,
  columns: readonly Column[],
  values: readonly Key[],
  others: readonly Key[],
): Promise<ReadonlySet<Key>> {
  const arrays = [values, others].flatMap((keys) =>
    columns.map((_, at) => arrayLiteral(keys.map((key) => keyTexts(key)[at] ?? ''))),
  );
  const names = columns.map((_, at) => `c${String(at)}`).join(', ');
  const unnested = (from: number): string => columns.map((_, at) => `$${String(from + at + 1)}::text[]`).join(', ');
  const equal = columns.map(({ lookupType, equality, collation }, at) => {
    const [one, other] = [`a.c${String(at)}::${lookupType}`, `b.c${String(at)}::${lookupType}`];
    return `${one} ${equality} ${other}${collation === undefined ? '' : ` COLLATE ${collation}`}`;
  });
  const rows = await session.query(
    `SELECT DISTINCT a.place FROM unnest(${unnested(0)}) WITH ORDINALITY a(${names}, place)
     JOIN unnest(${unnested(columns.length)}) b(${names}) ON ${equal.join(' AND ')}`,
    arrays,
  );
  return new Set(rows.flatMap(([place]) => values[Number(place) - 1] ?? []));
}
