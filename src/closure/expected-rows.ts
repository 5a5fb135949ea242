import type { Schema } from '../schema/schema.js';

/**
 * About how many rows a closure will have, from the catalog's figures and corrected as it grows: of the tables that can still be
 * reached, the same share is expected as of those that were.
 */
export class ExpectedRows {
  /** The catalog's estimate of each model that can be reached. */
  readonly #tables: ReadonlyMap<string, number>;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor({ entities }: Pick<Schema, 'entities'>, reachable: Iterable<string>) {
    this.#tables = new Map([...reachable].map((model) => [model, Math.max(0, entities.get(model)?.estimatedRows ?? 0)]));
  }

  /** After a step that took rows of a model, given how many the closure has by now: how many it is expected to have. */
  after(model: string, total: number): number {
    // What is dropped is walked around: from the beginning.
    if (total < this.#total) this.#taken.clear();
    const fresh = total < this.#total ? total : total - this.#total;
    this.#total = total;
    this.#taken.set(model, (this.#taken.get(model) ?? 0) + fresh);
    let taken = 0;
    let rows = 0;
    for (const [name, count] of this.#taken) {
      const table = this.#tables.get(name) ?? 0;
      taken += Math.min(count, table);
      rows += table;
    }
    const share = rows === 0 ? 0 : taken / rows;
    let expected = 0;
    for (const [name, table] of this.#tables) expected += Math.max(this.#taken.get(name) ?? 0, Math.round(table * share));
    return Math.max(total, expected);
  }
}
