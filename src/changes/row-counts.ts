import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { TableName } from '../schema/schema.js';

/** Rows that a transaction wrote to one table, whoever did: its statements, what foreign keys do on deletion, triggers. */
interface RowCounts {
  readonly deleted: number;
  /** Of partitioned tables: a row that moves to another partition is deleted in one and inserted in the other. */
  readonly inserted: number;
}

/** By {@link tableId}. */
export type CountedRows = ReadonlyMap<string, RowCounts>;

export function tableId({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}

/** What the server has counted in this session so far; to be asked before and after. Rows of partitions count as their table's. */
export async function countChangedRows(session: Session): Promise<CountedRows> {
  const rows = await session.query(
    `SELECT n.nspname, r.relname, CASE r.relkind WHEN 'p' THEN sum(s.n_tup_ins) ELSE 0 END, sum(s.n_tup_del)
     FROM pg_catalog.pg_stat_xact_user_tables s JOIN pg_catalog.pg_class c ON c.oid = s.relid
     JOIN pg_catalog.pg_class r ON r.oid = CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid)::oid ELSE c.oid END
     JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
     WHERE r.relpersistence <> 't' AND s.n_tup_ins + s.n_tup_del > 0 GROUP BY n.nspname, r.relname, r.relkind`,
    [],
    { what: 'count what was written' },
  );
  return new Map(
    rows.map(([schema, name, inserted, deleted]) => [
      tableId({ schema: schema ?? '', name: name ?? '' }),
      { inserted: Number(inserted), deleted: Number(deleted) },
    ]),
  );
}

/**
 * Proves that no row has gone but those that were to: statements tell what they did themselves, the server's own counts what came of it.
 *
 * @param expected rows that were to go, by {@link tableId}
 * @throws FailedError VERIFY_FAILED
 */
export async function proveNothingElseGone(
  session: Session,
  before: CountedRows,
  expected: ReadonlyMap<string, number>,
  findings: Findings,
): Promise<void> {
  const after = await countChangedRows(session);
  const since = (table: string, kind: keyof RowCounts): number =>
    (after.get(table)?.[kind] ?? 0) - (before.get(table)?.[kind] ?? 0);
  for (const [table, count] of expected) {
    if (since(table, 'deleted') >= count) continue;
    findings.warn(
      'not-counted',
      table,
      'the server does not count rows (track_counts): what triggers deleted elsewhere is not known',
    );
    return;
  }
  for (const table of after.keys()) {
    const gone = since(table, 'deleted') - since(table, 'inserted') - (expected.get(table) ?? 0);
    if (gone <= 0) continue;
    throw new FailedError('VERIFY_FAILED', `${String(gone)} rows of ${table} have gone that were not to`, {
      hint: 'Nothing was committed. A trigger or a rule of the database deleted them.',
    });
  }
}
