import { FailedError, PortolanError } from '../errors/portolan-error.js';
import { ownRows, quoteIdentifier, quoteLiteral, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { Column } from '../schema/schema.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';

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
  const later: AfterCommit[] = [];
  for (const planned of plan.models.values()) {
    if (planned.decisions.inserted === 0) continue;
    for (const { column } of planned.target.written) {
      if (column.sequence === undefined) continue;
      const seen = await nextValue(session, planned, column);
      if (seen === 'spent' || seen === 'unknown') {
        tellTaken(planned, column, seen, findings);
        continue;
      }
      if (seen === undefined) continue;
      const sequence = quoteTable(column.sequence);
      if (dryRun) {
        if (seen.last === foreseen?.get(column)) continue;
        await mayMove(session, sequence);
        continue;
      }
      await session.query('SAVEPOINT portolan_sequence');
      try {
        // Changes nothing but keeps others from it: what they drew since it was read must not be drawn again.
        await session.query(`ALTER SEQUENCE ${sequence} INCREMENT BY ${seen.increment}`);
        const next = await nextValue(session, planned, column);
        if (typeof next === 'object') await session.query(`ALTER SEQUENCE ${sequence} RESTART WITH ${next.restart}`);
        await session.query('RELEASE SAVEPOINT portolan_sequence');
      } catch (error) {
        if (!(error instanceof PortolanError) || error.code === 'CONNECTION_LOST') throw error;
        await session.query('ROLLBACK TO SAVEPOINT portolan_sequence');
        await mayMove(session, sequence);
        findings.note(
          'sequence-not-owned',
          `${planned.target.model}.${column.member}`,
          'its sequence is moved by setval after the commit',
        );
        later.push((after) => setValue(after, planned, column, seen, findings));
      }
    }
  }
  return later;
}

/** Asked while everything can still be rolled back: a sequence left behind would give keys out that are taken. Owners may. */
async function mayMove(session: Session, sequence: string): Promise<void> {
  const [row] = await session.query(`SELECT pg_catalog.has_sequence_privilege(${quoteLiteral(sequence)}, 'UPDATE')`, [], {
    what: 'ask for a right',
  });
  if (row?.[0] === 't') return;
  throw new FailedError('PERMISSION_DENIED', `the sequence ${sequence} may not be moved beyond the imported keys`, {
    hint: `Nothing was written. Let its owner say: GRANT SELECT, UPDATE ON SEQUENCE ${sequence} TO ${quoteIdentifier(session.server.user)}`,
  });
}

/** The objects are in the target already: a failure is told, and no reason to say that the import failed. */
async function setValue(
  session: Session,
  { target }: PlannedModel,
  { sequence, member }: Column,
  { last, increment }: { readonly last: string; readonly increment: string },
  findings: Findings,
): Promise<void> {
  if (sequence === undefined) return;
  const name = quoteTable(sequence);
  // What others have moved further meanwhile stays where it is.
  const behind = `last_value ${increment.startsWith('-') ? '>' : '<'} ${last} OR last_value = ${last} AND NOT is_called`;
  const call = `SELECT pg_catalog.setval(${quoteLiteral(name)}::regclass, ${last}, true) FROM ${name} WHERE ${behind}`;
  try {
    await session.query(call, [], { what: 'move the sequence', table: sequence });
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    findings.warn('sequence-not-moved', `${target.model}.${member}`, `${error.message}; after the import, run: ${call}`);
  }
}

/** A sequence that gives out what is there already, and cannot be helped: told where the database would refuse that. */
function tellTaken(
  { target: { entity, model } }: PlannedModel,
  { name, member, sequence }: Column,
  why: 'spent' | 'unknown',
  findings: Findings,
): void {
  const isUnique = entity.key.includes(name) || entity.uniques.some(({ columns }) => columns.includes(name));
  if (!isUnique || sequence === undefined) return;
  const reason =
    why === 'spent' ? 'has nothing left beyond what was imported' : 'is not moved: its numbers are a part of the values';
  findings.warn(
    'sequence-behind',
    `${model}.${member}`,
    `the sequence ${quoteTable(sequence)} ${reason}; it can give out what is taken`,
  );
}

interface Next {
  readonly restart: string;
  readonly last: string;
  readonly increment: string;
}

/** Where the sequence has to go on; undefined where it is there already, `spent` where its end comes first, `unknown` where nothing tells. */
async function nextValue(
  session: Session,
  { target }: PlannedModel,
  column: Column,
): Promise<Next | 'spent' | 'unknown' | undefined> {
  if (column.sequence === undefined) return undefined;
  if (column.kind !== 'integer' && column.lookupType !== 'numeric') return 'unknown';
  const sequence = quoteTable(column.sequence);
  const [facts] = await session.query(
    `SELECT s.last_value, s.is_called, p.seqincrement, p.seqmin, p.seqmax FROM ${sequence} s, pg_catalog.pg_sequence p WHERE p.seqrelid = ${quoteLiteral(sequence)}::regclass`,
    [],
    { what: 'look where the sequence is', table: column.sequence },
  );
  const [last, called, incrementText, minText, maxText] = facts ?? [];
  if (last === null || last === undefined) return undefined;
  const increment = BigInt(incrementText ?? '1');
  const name = quoteIdentifier(column.name);
  // A numeric one can hold a fraction, NaN, or more than a sequence gives.
  const [number, within] =
    column.kind === 'integer' ? [name, ''] : [`trunc(${name})`, ` WHERE ${name} BETWEEN ${minText ?? '0'} AND ${maxText ?? '0'}`];
  const most = `${increment > 0n ? 'max' : 'min'}(${number})::bigint`;
  const [greatest] = await session.query(`SELECT ${most} FROM ${ownRows(target.entity)}${within}`, [], {
    what: `find the greatest ${column.name}`,
    table: target.entity.table,
  });
  const used = greatest?.[0];
  if (used === null || used === undefined) return undefined;
  const next = called === 't' ? BigInt(last) + increment : BigInt(last);
  const behind = increment > 0n ? next <= BigInt(used) : next >= BigInt(used);
  const restart = BigInt(used) + increment;
  if (!behind) return undefined;
  if (restart > BigInt(maxText ?? '0') || restart < BigInt(minText ?? '0')) return 'spent';
  return { restart: String(restart), last: used, increment: String(increment) };
}
