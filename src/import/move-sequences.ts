import { FailedError, PortolanError } from '../errors/portolan-error.js';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { Column } from '../schema/schema.js';
import type { Plan } from './plan.js';
import type { FedColumn, NextValue } from './sequence-states.js';
import { sequenceStates } from './sequence-states.js';

/** What is left to do when the transaction is committed: sequences that only `setval` may move. */
export type AfterCommit = (session: Session) => Promise<void>;

/**
 * Raises the sequences that feed imported columns beyond the greatest value there, never lowers one. `ALTER SEQUENCE … RESTART`
 * is undone by a rollback; where the role does not own the sequence, `setval` follows the commit. A dry run only asks for the right.
 *
 * @param foreseen of a dry run: what the real one would have drawn last, where its sequence is by then
 */
export async function moveSequences(
  session: Session,
  plan: Plan,
  {
    findings,
    dryRun,
    foreseen,
  }: { readonly findings: Findings; readonly dryRun: boolean; readonly foreseen?: ReadonlyMap<Column, string> | undefined },
): Promise<readonly AfterCommit[]> {
  const fed = [...plan.models.values()].flatMap(({ target, decisions }) =>
    decisions.inserted === 0
      ? []
      : target.written.flatMap(({ column }) =>
          column.sequence === undefined ? [] : [{ target, column, sequence: column.sequence }],
        ),
  );
  const behind: Behind[] = [];
  for (const [at, seen] of (await sequenceStates(session, fed)).entries()) {
    const one = fed[at];
    if (one === undefined || seen.is === 'beyond') continue;
    if (seen.is === 'behind') behind.push({ ...one, seen });
    else tellTaken(one, seen.is, findings);
  }
  if (dryRun) {
    await mayMove(
      session,
      behind.filter(({ column, seen }) => seen.last !== foreseen?.get(column)),
    );
    return [];
  }
  return moveAll(session, behind, findings);
}

/** A sequence that would give out what is there already. */
interface Behind extends FedColumn {
  readonly seen: NextValue;
}

/** All by the same statements, where the role owns them all; else each by itself. */
async function moveAll(session: Session, behind: readonly Behind[], findings: Findings): Promise<readonly AfterCommit[]> {
  const [only, ...others] = behind;
  if (only === undefined || (await areMoved(session, behind))) return [];
  if (others.length > 0) {
    const later: AfterCommit[] = [];
    for (const one of behind) later.push(...(await moveAll(session, [one], findings)));
    return later;
  }
  await mayMove(session, behind);
  const { target, column } = only;
  findings.note('sequence-not-owned', `${target.model}.${column.member}`, 'its sequence is moved by setval after the commit');
  return [(after) => setValue(after, only, findings)];
}

/** False where the role may not, and nothing is done. */
async function areMoved(session: Session, behind: readonly Behind[]): Promise<boolean> {
  await session.query('SAVEPOINT portolan_sequence');
  try {
    // Changes nothing but keeps others from them: what they drew since it was read must not be drawn again.
    await alter(session, new Map(behind.map(({ sequence, seen }) => [quoteTable(sequence), `INCREMENT BY ${seen.increment}`])));
    const restarts = new Map<string, bigint>();
    for (const [at, next] of (await sequenceStates(session, behind)).entries()) {
      const sequence = behind[at]?.sequence;
      if (sequence === undefined || next.is !== 'behind') continue;
      const name = quoteTable(sequence);
      const other = restarts.get(name);
      // It can feed several columns.
      const isFurther = other === undefined || (next.increment.startsWith('-') ? next.restart < other : next.restart > other);
      if (isFurther) restarts.set(name, next.restart);
    }
    await alter(session, new Map([...restarts].map(([name, restart]) => [name, `RESTART WITH ${String(restart)}`])));
    await session.query('RELEASE SAVEPOINT portolan_sequence');
    return true;
  } catch (error) {
    if (!(error instanceof PortolanError) || error.code === 'CONNECTION_LOST') throw error;
    await session.query('ROLLBACK TO SAVEPOINT portolan_sequence');
    return false;
  }
}

/** By one statement. @param how by the sequence's name, as SQL */
async function alter(session: Session, how: ReadonlyMap<string, string>): Promise<void> {
  const statements = [...how].map(([name, change]) => `ALTER SEQUENCE ${name} ${change}`);
  const [only, ...others] = statements;
  if (only === undefined) return;
  const sql = others.length === 0 ? only : `DO ${quoteLiteral(`BEGIN ${statements.join('; ')}; END`)}`;
  await session.query(sql, [], { what: 'move sequences' });
}

/** Asked while everything can still be rolled back: a sequence left behind would give keys out that are taken. Owners may. */
async function mayMove(session: Session, behind: readonly FedColumn[]): Promise<void> {
  if (behind.length === 0) return;
  const sequences = behind.map(({ sequence }) => quoteTable(sequence));
  const rights = sequences.map((sequence) => `pg_catalog.has_sequence_privilege(${quoteLiteral(sequence)}, 'UPDATE')`);
  const [row = []] = await session.query(`SELECT ${rights.join(', ')}`, [], { what: 'ask for a right' });
  const lacking = sequences.find((_, at) => row[at] !== 't');
  if (lacking === undefined) return;
  throw new FailedError('PERMISSION_DENIED', `the sequence ${lacking} may not be moved beyond the imported keys`, {
    hint: `Nothing was written. Let its owner say: GRANT SELECT, UPDATE ON SEQUENCE ${lacking} TO ${quoteIdentifier(session.server.user)}`,
  });
}

/** The objects are in the target already: a failure is told, and no reason to say that the import failed. */
async function setValue(
  session: Session,
  { target, column, sequence, seen: { last, increment } }: Behind,
  findings: Findings,
): Promise<void> {
  const name = quoteTable(sequence);
  // What others have moved further meanwhile stays where it is.
  const behind = `last_value ${increment.startsWith('-') ? '>' : '<'} ${last} OR last_value = ${last} AND NOT is_called`;
  const call = `SELECT pg_catalog.setval(${quoteLiteral(name)}::regclass, ${last}, true) FROM ${name} WHERE ${behind}`;
  try {
    await session.query(call, [], { what: 'move the sequence', table: sequence });
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    findings.warn('sequence-not-moved', `${target.model}.${column.member}`, `${error.message}; after the import, run: ${call}`);
  }
}

/** A sequence that gives out what is there already, and cannot be helped: told where the database would refuse that. */
function tellTaken(
  { target: { entity, model }, column: { name, member }, sequence }: FedColumn,
  why: 'spent' | 'unknown',
  findings: Findings,
): void {
  const isUnique = entity.key.includes(name) || entity.uniques.some(({ columns }) => columns.includes(name));
  if (!isUnique) return;
  const reason =
    why === 'spent' ? 'has nothing left beyond what was imported' : 'is not moved: its numbers are a part of the values';
  findings.warn(
    'sequence-behind',
    `${model}.${member}`,
    `the sequence ${quoteTable(sequence)} ${reason}; it can give out what is taken`,
  );
}
