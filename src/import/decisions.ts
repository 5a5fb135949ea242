import type { Decision } from './import-options.js';
import { decisions } from './import-options.js';

/** The decision on each object of a model, by its place in the archive: one byte each, four more where rows are updated. */
export class Decisions {
  #bytes = new Uint8Array(1024);
  #length = 0;
  /** By place: which of {@link groups} an update writes. */
  #groupOf = new Uint32Array(0);
  readonly #groups: (readonly string[])[] = [];
  readonly #ids = new Map<string, number>();

  get length(): number {
    return this.#length;
  }

  /** The distinct lists of columns that updates write. */
  get groups(): readonly (readonly string[])[] {
    return this.#groups;
  }

  push(decision: Decision, columns: readonly string[] = []): number {
    if (this.#length === this.#bytes.length) this.#bytes = grown(this.#bytes, this.#length * 2);
    this.#bytes[this.#length] = decisions.indexOf(decision);
    if (decision === 'update') {
      if (this.#groupOf.length <= this.#length) this.#groupOf = grown(this.#groupOf, this.#bytes.length);
      this.#groupOf[this.#length] = this.#group(columns);
    }
    return this.#length++;
  }

  change(place: number, decision: Decision): void {
    this.#bytes[place] = decisions.indexOf(decision);
  }

  at(place: number): Decision {
    return decisions[this.#bytes[place] ?? 0] ?? 'insert';
  }

  /** Where an update's columns stand in {@link groups}; undefined where nothing is updated. */
  groupAt(place: number): number | undefined {
    return this.at(place) === 'update' ? this.#groupOf[place] : undefined;
  }

  columnsAt(place: number): readonly string[] {
    return this.#groups[this.groupAt(place) ?? -1] ?? [];
  }

  count(decision: Decision): number {
    const wanted = decisions.indexOf(decision);
    let count = 0;
    for (let at = 0; at < this.#length; at += 1) if (this.#bytes[at] === wanted) count += 1;
    return count;
  }

  #group(columns: readonly string[]): number {
    const text = columns.join('\0');
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#groups.length);
    return this.#groups.push(columns) - 1;
  }
}

function grown<T extends Uint8Array | Uint32Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
