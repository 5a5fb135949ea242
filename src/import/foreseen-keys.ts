import { quoteLiteral, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Column, TableName } from '../schema/schema.js';

/**
 * What a sequence would give next, without drawing from it: so that a dry run writes the rows that the real one would, and what the table makes of
 * their keys is within its bounds there, too.
 */
export class ForeseenKeys {
  #next: bigint;
  #last: bigint | undefined;
  readonly #increment: bigint;
  readonly #least: bigint;
  readonly #greatest: bigint;
  readonly #sequence: TableName;

  private constructor(sequence: TableName, next: bigint, increment: bigint, bounds: readonly [bigint, bigint]) {
    this.#sequence = sequence;
    this.#next = next;
    this.#increment = increment;
    [this.#least, this.#greatest] = bounds;
  }

  /** Undefined where the column has no sequence, or one that begins anew at its end. */
  static async of(session: Session, { sequence }: Column): Promise<ForeseenKeys | undefined> {
    if (sequence === undefined) return undefined;
    const purpose = { what: 'look where the sequence is', table: sequence };
    const name = quoteTable(sequence);
    const [facts] = await session.query(
      `SELECT s.last_value, s.is_called, p.seqincrement, p.seqmin, p.seqmax, p.seqcycle FROM ${name} s, pg_catalog.pg_sequence p WHERE p.seqrelid = ${quoteLiteral(name)}::regclass`,
      [],
      purpose,
    );
    const [last, called, increment, least, greatest, cycles] = facts ?? [];
    if (typeof last !== 'string' || typeof increment !== 'string' || cycles === 't') return undefined;
    const next = called === 't' ? BigInt(last) + BigInt(increment) : BigInt(last);
    return new ForeseenKeys(sequence, next, BigInt(increment), [BigInt(least ?? '0'), BigInt(greatest ?? '0')]);
  }

  /** The last that was taken. */
  get last(): string | undefined {
    return this.#last?.toString();
  }

  /** @throws FailedError NO_NEW_KEYS where the sequence ends */
  take(count: number): readonly string[] {
    return Array.from({ length: count }, () => {
      this.#last = this.#next;
      this.#next += this.#increment;
      if (this.#last >= this.#least && this.#last <= this.#greatest) return this.#last.toString();
      throw new FailedError('NO_NEW_KEYS', `the sequence ${quoteTable(this.#sequence)} has no keys left for all of them`, {
        hint: 'Nothing was written. Give the sequence a greater MAXVALUE, or use --offset N.',
      });
    });
  }
}
