import type { MergeConflict, Values } from './merge-options.js';

/** Conflicts that are kept in full; the rest is counted. */
const conflictsKept = 1000;

export interface Version {
  readonly archive: string;
  readonly values: () => Values;
}

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

  add(object: string, columns: readonly string[], [one, other]: readonly [Version, Version]): void {
    this.#count += 1;
    if (this.#kept.length >= conflictsKept) return;
    const archives = [one.archive, other.archive] as const;
    this.#kept.push(
      Object.freeze({
        object,
        columns,
        archives,
        ...(this.#verbose ? { versions: [one.values(), other.values()] as const } : {}),
      }),
    );
  }
}
