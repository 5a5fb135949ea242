import type { Decision } from './import-options.js';
import { decisions } from './import-options.js';

/** The decision on each object of a model, by its place in the archive: one byte each. */
export class Decisions {
  #bytes = new Uint8Array(1024);
  #length = 0;
  /** Which columns an update writes; few distinct lists, shared. */
  readonly #columns = new Map<number, readonly string[]>();
  readonly #lists = new Map<string, readonly string[]>();

  get length(): number {
    return this.#length;
  }

  push(decision: Decision, columns: readonly string[] = []): number {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length] = decisions.indexOf(decision);
    if (decision === 'update') this.#columns.set(this.#length, this.#shared(columns));
    return this.#length++;
  }

  change(place: number, decision: Decision): void {
    this.#bytes[place] = decisions.indexOf(decision);
  }

  at(place: number): Decision {
    return decisions[this.#bytes[place] ?? 0] ?? 'insert';
  }

  columnsAt(place: number): readonly string[] {
    return this.#columns.get(place) ?? [];
  }

  count(decision: Decision): number {
    const wanted = decisions.indexOf(decision);
    let count = 0;
    for (let at = 0; at < this.#length; at += 1) if (this.#bytes[at] === wanted) count += 1;
    return count;
  }

  #shared(columns: readonly string[]): readonly string[] {
    const id = columns.join('\0');
    const known = this.#lists.get(id);
    if (known !== undefined) return known;
    this.#lists.set(id, columns);
    return columns;
  }
}
