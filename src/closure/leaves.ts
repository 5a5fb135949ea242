import type { RowSet } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { ClosureStep, DescribedSet } from './closure.js';
import type { UpEdge } from './edges.js';
import type { Key } from './key.js';
import { createKeySet } from './create-key-set.js';
import type { Leaf } from './leaf.js';
import { asLeaf } from './leaf.js';
import type { Membership } from './membership.js';
import type { WalkOptions } from './walk-options.js';

/** More keys than this are not worth a statement of tens of megabytes: their rows are walked to, as others are. */
const describable = 2_000_000;

/** A leaf that rows of the closure lead to. */
export interface ReachedLeaf extends Leaf {
  /** Those of `down` that lead to it, each with its column and keys at the same place in `set.anyOf`. */
  readonly references: readonly Reference[];
  readonly set: RowSet;
  /** Whether the keys that describe it fit in a statement. */
  readonly fits: boolean;
}

/**
 * Sets that are described by the keys their rows hold, counted where they lie, and read once, as rows. What those rows need above is asked for
 * as a set too: only the few that need something new come.
 */
export class Leaves {
  readonly #options: WalkOptions;
  readonly #membership: Membership;
  readonly #leaves = new Map<string, Leaf>();
  readonly #described = new Map<string, DescribedSet>();
  /** By model, what the last survey that asked for something had seen. */
  readonly #asked = new Map<string, string>();

  constructor(options: WalkOptions, membership: Membership) {
    this.#options = options;
    this.#membership = membership;
    if (!options.describes || !options.reader.describes) return;
    for (const model of options.edges.schema.entities.keys()) {
      const leaf = asLeaf(options, model);
      if (leaf !== undefined) this.#leaves.set(model, leaf);
    }
  }

  readonly has = (model: string): boolean => this.#leaves.has(model);

  /** The sets as they were counted last; those without rows are absent. */
  get described(): ReadonlyMap<string, DescribedSet> {
    return this.#described;
  }

  get steps(): readonly ClosureStep[] {
    return [...this.#described.values()].flatMap((set) => set.steps);
  }

  get total(): number {
    return [...this.#described.values()].reduce((sum, { count }) => sum + count, 0);
  }

  *reached(): Generator<ReachedLeaf> {
    for (const leaf of this.#leaves.values()) {
      const references: Reference[] = [];
      const anyOf: RowSet['anyOf'][number][] = [];
      for (const reference of leaf.down) {
        const sets = this.#membership.of(reference.parent);
        const keys = leaf.from === 'shared' ? sets?.taken : sets?.[leaf.from];
        const [column] = reference.columns;
        if (column === undefined || keys === undefined || keys.size === 0) continue;
        references.push(reference);
        anyOf.push({ column, keys });
      }
      const size = anyOf.reduce((sum, { keys }) => sum + keys.size, 0);
      if (size > 0) yield { ...leaf, references, set: { entity: leaf.plan.entity, anyOf }, fits: size <= describable };
    }
  }

  /** Counts the rows, by the reference that brings them, and calls `want` with what they need that is not in the closure. */
  async survey(
    { plan, references, set, role }: ReachedLeaf,
    depth: number,
    want: (edge: UpEdge, value: Key) => void,
  ): Promise<void> {
    const { model } = set.entity;
    const { reader } = this.#options;
    const within = plan.up.map(({ reference }) => ({
      column: reference.columns[0] ?? '',
      keys: this.#membership.of(reference.parent)?.taken ?? createKeySet(this.#options.edges.entity(reference.parent)),
    }));
    const { brought, lacking } = await reader.census(set, within);
    const steps = references.flatMap((reference, at): readonly ClosureStep[] => {
      const count = brought[at] ?? 0;
      return count === 0 ? [] : [{ depth, via: reference.name, direction: 'down', model, count }];
    });
    const count = steps.reduce((sum, step) => sum + step.count, 0);
    if (count > 0) this.#described.set(model, { ...set, role, count, steps });
    if (lacking === 0) return;
    // Where nothing came since it was asked for, nothing will: a row that its constraint should have, and has not.
    const seen = [lacking, count, this.#membership.total].join();
    if (this.#asked.get(model) === seen) return;
    this.#asked.set(model, seen);
    for await (const batch of reader.lacking(set, within)) {
      for (const [group, edge] of plan.up.entries()) {
        for (const value of batch.groups[group] ?? []) if (value !== null) want(edge, value);
      }
    }
  }

  /** The set has grown beyond what a statement holds. */
  forget(model: string): void {
    this.#described.delete(model);
  }
}
