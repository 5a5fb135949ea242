import type { Decision } from './import-options.js';
import { decisions } from './import-options.js';

/** The decision on each object of a model, by its place in the archive: one byte each, four more where rows are updated or merged into. */
export class Decisions {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #updated = 0;
  /** By place: which of {@link groups} an update or a merge writes, plus 1; 0 where it writes none. */
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
    if (decision === 'update' || (decision === 'merge' && columns.length > 0)) {
      if (this.#groupOf.length <= this.#length) this.#groupOf = grown(this.#groupOf, this.#bytes.length);
      this.#groupOf[this.#length] = this.#group(columns) + 1;
      this.#updated += 1;
    }
    return this.#length++;
  }

  change(place: number, decision: Decision): void {
    if (this.groupAt(place) !== undefined) this.#updated -= 1;
    this.#bytes[place] = decisions.indexOf(decision);
  }

  at(place: number): Decision {
    return decisions[this.#bytes[place] ?? 0] ?? 'insert';
  }

  /** Where an update's or a merge's columns stand in {@link groups}; undefined where nothing is updated. */
  groupAt(place: number): number | undefined {
    const decision = this.at(place);
    const group = decision === 'update' || decision === 'merge' ? (this.#groupOf[place] ?? 0) : 0;
    return group === 0 ? undefined : group - 1;
  }

  columnsAt(place: number): readonly string[] {
    return this.#groups[this.groupAt(place) ?? -1] ?? [];
  }

  /** Objects that become new rows. */
  get inserted(): number {
    return this.count('insert') + this.count('remap');
  }

  /** Objects that change a row which is there. */
  get updated(): number {
    return this.#updated;
  }

  /** Whether anything is written for the object. */
  isWritten(place: number): boolean {
    const decision = this.at(place);
    return decision === 'insert' || decision === 'remap' || this.groupAt(place) !== undefined;
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
