import type { Closure } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import type { Column, Entity, Schema } from '../schema/schema.js';
import { RowCursor } from '../values/row-cursor.js';
import { closedProof } from './closed-proof.js';
import { cutsOf } from './cuts.js';

/** A row that leaves, as it leaves: references that are cut are NULL in it, and those that it has are proved. */
export interface LeavingRow {
  readonly columns: readonly Column[];
  /** Goes to the next row of those that are here. */
  next(): boolean;
  readonly cursor: RowCursor;
  /** Of the row on which the cursor stands. */
  key(): Key;
}

/** Rows of one model, of which those that do not leave are passed over. */
export class LeavingRows {
  /** That leave, in the order of their members. */
  readonly columns: readonly Column[];
  readonly #key: readonly number[];
  readonly #leavesBy: (key: Key) => boolean;
  readonly #cuts: readonly Placed<ReturnType<typeof cutsOf>[number]>[];
  readonly #references: readonly Placed<ReturnType<typeof closedProof>[number]>[];
  /** Rows so far. */
  count = 0;

  constructor(entity: Entity, schema: Schema, closure: Closure) {
    this.columns = entity.columns.filter((column) => column.withheld === undefined);
    const place = (name: string): number => {
      const at = this.columns.findIndex((column) => column.name === name);
      if (at < 0) throw new TypeError(`${entity.model}: the column ${name} does not leave`);
      return at;
    };
    this.#key = entity.key.map(place);
    // Of rows that were never listed, the database gives only those that leave.
    const taken = closure.taken.get(entity.model)?.taken;
    this.#leavesBy = (key) => taken === undefined || taken.has(key);
    this.#cuts = cutsOf(schema, closure, entity).map((one) => ({ one, at: one.columns.map(place), nulls: one.nulls.map(place) }));
    this.#references = closedProof(schema, closure, entity).map((one) => ({ one, at: one.columns.map(place), nulls: [] }));
  }

  /** Several may be under way side by side; they count together. */
  reading(): LeavingRow & { enter(chunk: Buffer): void } {
    const cursor = new RowCursor(this.columns.length);
    return {
      columns: this.columns,
      cursor,
      key: () => this.#keyAt(cursor, this.#key) ?? '',
      enter: (chunk) => {
        cursor.enter(chunk);
      },
      next: () => {
        while (cursor.next()) if (this.#leaves(cursor)) return true;
        return false;
      },
    };
  }

  #keyAt(cursor: RowCursor, at: readonly number[]): Key | null {
    const [only] = at;
    if (only !== undefined && at.length === 1) {
      if (cursor.isNull(only)) return null;
      return this.columns[only]?.kind === 'integer' ? cursor.integer(only) : cursor.text(only);
    }
    const texts = at.map((one) => cursor.text(one));
    return texts.includes(null) ? null : toKey(texts as string[], false);
  }

  #leaves(cursor: RowCursor): boolean {
    const key = this.#keyAt(cursor, this.#key);
    if (key === null || !this.#leavesBy(key)) return false;
    for (const { one, at, nulls } of this.#cuts) {
      const { when } = one;
      const holds = when === undefined || cursor.text(this.columns.findIndex(({ name }) => name === when.column)) === when.value;
      const value = holds ? this.#keyAt(cursor, at) : null;
      if (value !== null && one.is(value)) for (const column of nulls) cursor.setNull(column);
    }
    for (const { one, at } of this.#references) {
      const value = this.#keyAt(cursor, at);
      if (value !== null) one.found(value, key);
    }
    this.count += 1;
    return true;
  }
}

interface Placed<T> {
  readonly one: T;
  readonly at: readonly number[];
  readonly nulls: readonly number[];
}
