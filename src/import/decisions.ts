import type { Decision } from './import-options.js';

/** Objects of a page. */
const pageSize = 65_536;

const none: readonly string[] = Object.freeze([]);

/** What was decided on some objects: the decision, and which of {@link Decisions.groups} it writes. */
interface Outcome {
  readonly decision: Decision;
  readonly group: number | undefined;
  /** On how many objects. */
  count: number;
}

/** By place, the outcome's number; just that number where all of a page have the same. */
type Page = number | Uint8Array | Uint32Array;

/**
 * The decision on each object of a model, by its place in the archive. Mostly it is the same for all, which takes no memory; a page of which that is not so
 * takes one byte for each object, four where there are more than 256 different outcomes.
 */
export class Decisions {
  readonly #pages: Page[] = [];
  #length = 0;
  readonly #outcomes: Outcome[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #groups: (readonly string[])[] = [];
  readonly #groupNumbers = new Map<string, number>();
  /** What was pushed last: mostly the next is the same. */
  #last: { readonly decision: Decision; readonly columns: readonly string[]; readonly number: number } | undefined;

  get length(): number {
    return this.#length;
  }

  /** The distinct lists of columns that updates write. */
  get groups(): readonly (readonly string[])[] {
    return this.#groups;
  }

  push(decision: Decision, columns: readonly string[] = none): number {
    if (this.#last?.decision !== decision || this.#last.columns !== columns) {
      const isWriting = decision === 'update' || (decision === 'merge' && columns.length > 0);
      this.#last = { decision, columns, number: this.#number(decision, isWriting ? this.#group(columns) : undefined) };
    }
    const place = this.#length++;
    this.#put(place, this.#last.number);
    return place;
  }

  change(place: number, decision: Decision): void {
    const before = this.#outcomeAt(place);
    if (before !== undefined) before.count -= 1;
    this.#put(place, this.#number(decision, undefined));
  }

  at(place: number): Decision {
    return this.#outcomeAt(place)?.decision ?? 'insert';
  }

  /** Where an update's or a merge's columns stand in {@link groups}; undefined where nothing is updated. */
  groupAt(place: number): number | undefined {
    return this.#outcomeAt(place)?.group;
  }

  columnsAt(place: number): readonly string[] {
    return this.#groups[this.groupAt(place) ?? -1] ?? [];
  }

  /** Objects that become new rows. */
  get inserted(): number {
    return this.#count(({ decision }) => isNew(decision));
  }

  /** Objects that change a row which is there. */
  get updated(): number {
    return this.#count(({ group }) => group !== undefined);
  }

  /** Whether anything is written for the object. */
  isWritten(place: number): boolean {
    const outcome = this.#outcomeAt(place);
    return outcome !== undefined && (isNew(outcome.decision) || outcome.group !== undefined);
  }

  count(decision: Decision): number {
    return this.#count((outcome) => outcome.decision === decision);
  }

  #count(counts: (outcome: Outcome) => boolean): number {
    return this.#outcomes.reduce((sum, outcome) => (counts(outcome) ? sum + outcome.count : sum), 0);
  }

  #outcomeAt(place: number): Outcome | undefined {
    if (place >= this.#length) return undefined;
    const page = this.#pages[Math.floor(place / pageSize)];
    const number = typeof page === 'object' ? page[place % pageSize] : page;
    return number === undefined ? undefined : this.#outcomes[number];
  }

  #put(place: number, number: number): void {
    const at = Math.floor(place / pageSize);
    const page = (this.#pages[at] ??= number);
    (this.#outcomes[number] as Outcome).count += 1;
    if (page === number) return;
    const wide = widened(page, number);
    wide[place % pageSize] = number;
    this.#pages[at] = wide;
  }

  #number(decision: Decision, group: number | undefined): number {
    const text = `${decision} ${String(group)}`;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#outcomes.length);
    return this.#outcomes.push({ decision, group, count: 0 }) - 1;
  }

  #group(columns: readonly string[]): number {
    const text = columns.join('\0');
    const known = this.#groupNumbers.get(text);
    if (known !== undefined) return known;
    this.#groupNumbers.set(text, this.#groups.length);
    return this.#groups.push(columns) - 1;
  }
}

function isNew(decision: Decision): boolean {
  return decision === 'insert' || decision === 'remap';
}

/** The page as an array that can hold the number. */
function widened(page: Page, number: number): Uint8Array | Uint32Array {
  if (typeof page === 'number')
    return (Math.max(page, number) < 256 ? new Uint8Array(pageSize) : new Uint32Array(pageSize)).fill(page);
  return number < 256 || page instanceof Uint32Array ? page : Uint32Array.from(page);
}
