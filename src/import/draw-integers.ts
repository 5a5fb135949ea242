import type { Key } from '../closure/key.js';
import { toIntegerKey } from '../closure/key.js';
import type { Session } from '../dialect/session.js';
import type { TableName } from '../schema/schema.js';

/**
 * So many integers that an expression gives, in ascending order. Where they follow each other, as those of a sequence do that nobody else draws from
 * meanwhile, the database tells the first and the last only.
 *
 * @returns undefined where it gave NULL, or one of them twice
 */
export async function drawIntegers(
  session: Session,
  table: TableName,
  sql: string,
  count: number,
): Promise<readonly Key[] | undefined> {
  const ranges = await session.query(
    `WITH drawn AS MATERIALIZED (SELECT (${sql})::bigint AS key FROM pg_catalog.generate_series(1, $1::int)),
      range AS MATERIALIZED (
        SELECT first, last FROM (SELECT min(key) AS first, max(key) AS last, count(DISTINCT key) AS number FROM drawn) facts
        WHERE number = $1::int AND last::numeric - first + 1 = number
      )
    SELECT first, last FROM range UNION ALL SELECT key, key FROM drawn WHERE NOT EXISTS (SELECT FROM range) ORDER BY 1`,
    [String(count)],
    { what: 'draw new keys', table },
  );
  const keys: Key[] = [];
  let before: bigint | undefined;
  for (const [first, last] of ranges) {
    if (typeof first !== 'string' || typeof last !== 'string') return undefined;
    if (before !== undefined && BigInt(first) <= before) return undefined;
    before = BigInt(last);
    addRange(keys, first, last);
  }
  return keys.length === count ? keys : undefined;
}

function addRange(keys: Key[], first: string, last: string): void {
  const [from, to] = [toIntegerKey(first), toIntegerKey(last)];
  if (typeof from === 'number' && typeof to === 'number') for (let key = from; key <= to; key += 1) keys.push(key);
  else for (let key = BigInt(first); key <= BigInt(last); key += 1n) keys.push(toIntegerKey(String(key)));
}
