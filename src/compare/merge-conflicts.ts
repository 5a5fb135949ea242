import type { MergeConflict, Values } from './merge-options.js';

/** Conflicts that are kept in full; the rest is counted. */
const conflictsKept = 1000;

export interface Version {
  readonly archive: string;
  readonly values: () => Values;
}

type Why = Pick<MergeConflict, 'reason' | 'other'>;

/** Objects of which the archives have two versions. */
export class MergeConflicts {
  readonly #verbose: boolean;
  readonly #kept: MergeConflict[] = [];
  #count = 0;

  constructor(verbose: boolean) {
    this.#verbose = verbose;
  }

  get kept(): readonly MergeConflict[] {
    return this.#kept;
  }

  get count(): number {
    return this.#count;
  }

  /** @param why where the two are not simply unlike versions of one object */
  add(
    object: string,
    columns: readonly string[],
    [one, other]: readonly [Version, Version],
    why: Why = { reason: 'differs' },
  ): void {
    this.#count += 1;
    if (this.#kept.length >= conflictsKept) return;
    const archives = [one.archive, other.archive] as const;
    this.#kept.push(
      Object.freeze({
        object,
        ...(why.other === undefined || why.other === object ? {} : { other: why.other }),
        reason: why.reason,
        columns,
        archives,
        ...(this.#verbose ? { versions: [one.values(), other.values()] as const } : {}),
      }),
    );
  }

  /** Takes over what was found apart. */
  take(other: MergeConflicts): void {
    this.#kept.push(...other.#kept.slice(0, Math.max(0, conflictsKept - this.#kept.length)));
    this.#count += other.#count;
  }
}
