import { ownRows, quoteIdentifier, quoteLiteral, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Column, TableName } from '../schema/schema.js';
import type { TargetModel } from './target.js';

/** A column that was written, and the sequence that feeds it. */
export interface FedColumn {
  readonly target: TargetModel;
  readonly column: Column;
  readonly sequence: TableName;
}

/** Where a sequence has to go on. */
export interface NextValue {
  readonly is: 'behind';
  readonly restart: bigint;
  readonly last: string;
  readonly increment: string;
}

/**
 * How a sequence stands to what its column holds: it is beyond all of that already; behind it; `spent` where its end comes before; `unknown` where
 * nothing tells.
 */
export type SequenceState = NextValue | { readonly is: 'beyond' | 'spent' | 'unknown' };

/** One query, however many there are. */
export async function sequenceStates(session: Session, columns: readonly FedColumn[]): Promise<readonly SequenceState[]> {
  const states = columns.map(({ column }): SequenceState => ({ is: isWhole(column) ? 'beyond' : 'unknown' }));
  const asked = columns.flatMap((one, at) => (isWhole(one.column) ? [stateSql(one, at)] : []));
  if (asked.length === 0) return states;
  for (const [at, ...facts] of await session.query(asked.join(' UNION ALL '), [], { what: 'look where sequences are' }))
    states[Number(at)] = stateOf(facts);
  return states;
}

function isWhole({ kind, lookupType }: Column): boolean {
  return kind === 'integer' || lookupType === 'numeric';
}

function stateSql({ target, column, sequence }: FedColumn, at: number): string {
  const name = quoteIdentifier(column.name);
  const from = quoteTable(sequence);
  // A numeric one can hold a fraction, NaN, or more than a sequence gives.
  const [number, within] =
    column.kind === 'integer' ? [name, ''] : [`trunc(${name})`, ` WHERE ${name} BETWEEN p.seqmin AND p.seqmax`];
  const most = (call: string): string => `(SELECT ${call}(${number})::bigint FROM ${ownRows(target.entity)}${within})`;
  const used = `CASE WHEN p.seqincrement > 0 THEN ${most('max')} ELSE ${most('min')} END`;
  return `SELECT ${String(at)}, s.last_value, s.is_called, p.seqincrement, p.seqmin, p.seqmax, ${used} FROM ${from} s, pg_catalog.pg_sequence p WHERE p.seqrelid = ${quoteLiteral(from)}::regclass`;
}

function stateOf([last, isCalled, increment, least, greatest, used]: readonly (string | null)[]): SequenceState {
  if (last === null || last === undefined || used === null || used === undefined) return { is: 'beyond' };
  const step = BigInt(increment ?? '1');
  const next = isCalled === 't' ? BigInt(last) + step : BigInt(last);
  const isBehind = step > 0n ? next <= BigInt(used) : next >= BigInt(used);
  if (!isBehind) return { is: 'beyond' };
  const restart = BigInt(used) + step;
  if (restart > BigInt(greatest ?? '0') || restart < BigInt(least ?? '0')) return { is: 'spent' };
  return { is: 'behind', restart, last: used, increment: String(step) };
}
