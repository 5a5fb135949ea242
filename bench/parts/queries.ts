import { Client } from 'pg';
import type { Laboratory } from '../laboratory.js';
import type { ResultRow } from '../result-row.js';
import type { Series } from '../series.js';
import type { Part } from './part.js';

export const queriesPart: Part = {
  about: 'number of queries, against 3 per entity, 2 per reference and 1 per 50,000 listed keys',
  at: 'every size',
  measure: async (laboratory) => {
    const allowed = await schemaAllowance(laboratory);
    const exports = await laboratory.exports();
    // An export lists some of its keys and describes the other rows; an import has every object's key from the archive.
    const [listed, objects] = [exports.ours[0]?.listed ?? 0, exports.ours[0]?.objects ?? 0];
    return [
      row(exports, allowed, listed),
      row(await laboratory.imports(), allowed, objects),
      row(await laboratory.dryRuns('same'), allowed, objects),
      row(await laboratory.dryRuns('taken'), allowed, objects),
    ];
  },
};

/** What the tables and foreign keys of the source allow, whatever the rows; a join table counts as an entity. */
async function schemaAllowance(laboratory: Laboratory): Promise<number> {
  const client = new Client({ connectionString: laboratory.databases.url('source') });
  await client.connect();
  const { rows } = await client.query<{ allowed: string }>(
    `SELECT 3 * (SELECT count(*) FROM pg_catalog.pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
       + 2 * (SELECT count(*) FROM pg_catalog.pg_constraint WHERE contype = 'f') AS allowed`,
  );
  await client.end();
  return Number(rows[0]?.allowed);
}

function row({ size, what, ours }: Series, allowed: number, keys: number): ResultRow {
  const queries = Math.max(...ours.map((run) => run.queries));
  const limit = allowed + Math.ceil(keys / 50_000);
  return {
    size,
    what: `queries: ${what}`,
    ours: String(queries),
    comparedWith: `${String(allowed)} + ${keys.toLocaleString('en')} / 50,000`,
    ratio: queries / limit,
    target: 1,
  };
}
