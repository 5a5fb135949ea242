import type { Key } from '../closure/key.js';
import { keyRelation } from '../dialect/postgres/key-relation.js';
import { columnNamed, ownRows, quoteLiteral, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { Entity } from '../schema/schema.js';

/** Rows of one entity that an import relies on, by what some of its columns hold. */
export interface ReliedRows {
  readonly entity: Entity;
  readonly columns: readonly string[];
  readonly values: Iterable<Key>;
  /** A constraint holds them too, as soon as the rows that need them are written. */
  readonly constrained: boolean;
  /** Whether they must stay as they are, not only there under their key. */
  readonly unchanged?: boolean;
}

/** Keys in one statement. */
const keysAtOnce = 50_000;

/**
 * Holds rows FOR KEY SHARE (FOR SHARE, where they must not change at all) until the transaction ends: nobody deletes them or changes
 * their key in between, and one that somebody deleted since the transaction began is a serialization failure. PostgreSQL wants
 * UPDATE on some column for that; a role that has it nowhere imports all the same, and a finding says what is not held.
 */
export async function holdRows(session: Session, findings: Findings, rows: ReliedRows): Promise<void> {
  const { entity, columns } = rows;
  const table = quoteTable(entity.table);
  const keyColumns = columns.map((name) => columnNamed(entity, name));
  let isAllowed: boolean | undefined;
  for (const keys of batches(rows.values)) {
    isAllowed ??= await mayHold(session, table);
    if (!isAllowed) {
      tellNotHeld(findings, rows, table);
      return;
    }
    const { tables, conditions } = keyRelation(keyColumns, keys, 't');
    const from = [...tables, `${ownRows(entity)} t`].join(', ');
    await session.query(
      `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${conditions.join(' AND ')} FOR ${rows.unchanged === true ? 'SHARE' : 'KEY SHARE'} OF t) held`,
      [],
      { what: 'hold rows', table: entity.table },
    );
  }
}

function tellNotHeld(findings: Findings, rows: ReliedRows, table: string): void {
  const { entity, constrained } = rows;
  if (constrained || findings.all.some(({ kind, on }) => kind === 'row-not-held' && on === entity.model)) return;
  findings.warn(
    'row-not-held',
    entity.model,
    `rows that the import relies on could be ${rows.unchanged === true ? 'changed or deleted' : 'deleted'} before it is committed: to hold them the role needs UPDATE on some column (GRANT UPDATE ON ${table} TO …)`,
  );
}

async function mayHold(session: Session, table: string): Promise<boolean> {
  const [row] = await session.query(`SELECT pg_catalog.has_any_column_privilege(${quoteLiteral(table)}, 'UPDATE')`, [], {
    what: 'ask for a right',
  });
  return row?.[0] === 't';
}

function* batches(keys: Iterable<Key>): Generator<readonly Key[]> {
  let batch: Key[] = [];
  for (const key of keys) {
    if (batch.push(key) < keysAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
