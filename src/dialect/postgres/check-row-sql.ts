import type { RowRule } from '../../policy/policy.js';
import type { Entity, Schema } from '../../schema/schema.js';
import { PortolanError, UsageError } from '../../errors/portolan-error.js';
import type { Session } from '../session.js';
import { ownRows } from './sql.js';

const incomprehension: ReadonlySet<string> = new Set(['DATABASE_ERROR', 'INVALID_VALUE']);

/**
 * Has the database read the SQL that a policy says of models' rows, and no row: what it cannot understand is told before anything else is.
 *
 * @throws UsageError POLICY_INVALID with the rule or the column
 */
export async function checkRowSql(
  session: Pick<Session, 'query'>,
  { entities }: Schema,
  rules: ReadonlyMap<string, readonly RowRule[]>,
): Promise<void> {
  for (const entity of entities.values()) {
    const { model, columns } = entity;
    for (const { name, keep } of rules.get(model) ?? [])
      await understood(
        session,
        entity,
        `the rule "${name}" of ${model}`,
        `SELECT * FROM ${ownRows(entity)} WHERE (${keep}\n) LIMIT 0`,
      );
    for (const { member, type, replaced } of columns) {
      if (replaced === undefined) continue;
      const sql = `SELECT *, (${replaced}\n)::${type} FROM ${ownRows(entity)} LIMIT 0`;
      await understood(session, entity, `the value of ${model}.${member}`, sql);
    }
  }
}

async function understood(session: Pick<Session, 'query'>, { table }: Entity, what: string, sql: string): Promise<void> {
  try {
    await session.query(sql, [], { what: 'check what the policy says of rows', table });
  } catch (error) {
    if (!(error instanceof PortolanError) || !incomprehension.has(error.code)) throw error;
    // No row was read: the database's own words tell of the policy alone.
    const words = error.cause instanceof Error ? error.cause.message : error.message;
    throw new UsageError('POLICY_INVALID', `the database does not understand ${what}: ${words}`, {
      hint: 'It is SQL over the columns of the row; other tables are written with their schemas.',
      cause: error,
    });
  }
}
