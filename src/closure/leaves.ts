import type { HeldKeys, RowSet } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { ClosureStep, DescribedSet } from './closure.js';
import { createKeySet } from './create-key-set.js';
import type { Key } from './key.js';
import type { Leaf, Need, ObjectLeaf } from './leaf.js';
import { asLeaf } from './leaf.js';
import type { LeftOutCount } from './left-out.js';
import type { Membership } from './membership.js';
import type { WalkOptions } from './walk-options.js';

/** More integers than this are not worth a statement of some forty megabytes, which takes several times that in the server: their rows are walked to, as others are. */
const describable = 4_000_000;

/** How many integers are as long as another key, with what stands around it. */
const otherKey = 6;

/** A leaf that rows of the closure lead to. */
export interface ReachedLeaf {
  readonly leaf: Leaf;
  /** Those of `brings` that lead to it, each with its column and keys at the same place in `set.anyOf`. */
  readonly references: readonly Reference[];
  readonly set: RowSet;
  /** Whether the keys that describe it fit in a statement. */
  readonly fits: boolean;
}

/**
 * Sets that are described by the keys their rows hold, counted where they lie, and read once, as rows. What those rows need is asked for as
 * a set too: only the few that need something new come.
 */
export class Leaves {
  readonly #options: WalkOptions;
  readonly #membership: Membership;
  readonly #leaves = new Map<string, Leaf>();
  readonly #described = new Map<string, DescribedSet>();
  readonly #failed = new Map<string, readonly LeftOutCount[]>();
  /** By model, the sizes of the sets that it was surveyed with: they only grow. */
  readonly #surveyed = new Map<string, string>();

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

  /** Rows of the sets that fail a rule. */
  get failed(): readonly LeftOutCount[] {
    return [...this.#failed.values()].flat();
  }

  get steps(): readonly ClosureStep[] {
    return [...this.#described.values()].flatMap((set) => set.steps);
  }

  get total(): number {
    return [...this.#described.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** The leaves of a kind whose rows, or what these need, may have become more since they were given last. */
  *reached(kind: Leaf['kind']): Generator<ReachedLeaf> {
    for (const leaf of this.#leaves.values()) {
      if (leaf.kind !== kind) continue;
      const reached = leaf.brings.flatMap((reference) => this.#bringing(leaf, reference));
      const anyOf = reached.map(({ held }) => held);
      const size = anyOf.reduce((sum, { keys }) => sum + keys.size, 0);
      const sizes = [...anyOf, ...this.#within(leaf)].map(({ keys }) => keys.size).join();
      const { entity } = leaf;
      if (size === 0 || this.#surveyed.get(entity.model) === sizes) continue;
      this.#surveyed.set(entity.model, sizes);
      const references = reached.map(({ reference }) => reference);
      const rules = this.#options.border.conditions(entity.model);
      const set = { entity, anyOf, rules, without: this.#without(leaf) };
      yield { leaf, references, set, fits: this.#length(anyOf, entity) <= describable };
    }
  }

  /** Counts the rows, by the reference that brings them. */
  async count({ references, set }: ReachedLeaf, leaf: ObjectLeaf, depth: number): Promise<{ readonly lacking: number }> {
    const { model } = leaf.entity;
    const { brought, failed, lacking } = await this.#options.reader.census(set, this.#within(leaf));
    const steps = references.flatMap((reference, at): readonly ClosureStep[] => {
      const count = brought[at] ?? 0;
      return count === 0 ? [] : [{ depth, via: reference.name, direction: 'down', model, count }];
    });
    const count = steps.reduce((sum, step) => sum + step.count, 0);
    if (count > 0) this.#described.set(model, { ...set, role: leaf.role, count, steps });
    const rules = this.#options.border.rowRules(model);
    this.#failed.set(
      model,
      rules.map(({ name: rule }, at) => ({ model, rule, count: failed[at] ?? 0 })),
    );
    return { lacking };
  }

  /** Calls `want` with what the rows need that is not in the closure. */
  async lacking({ leaf, set }: ReachedLeaf, want: (need: Need, value: Key) => void): Promise<void> {
    for await (const batch of this.#options.reader.lacking(set, this.#within(leaf))) {
      for (const [group, need] of leaf.needs.entries()) {
        for (const value of batch.groups[group] ?? []) if (value !== null) want(need, value);
      }
    }
  }

  /** The set has grown beyond what a statement holds. */
  forget(model: string): void {
    this.#described.delete(model);
    this.#failed.delete(model);
  }

  #bringing({ from }: Leaf, reference: Reference): readonly { readonly reference: Reference; readonly held: HeldKeys }[] {
    const [column] = reference.columns;
    const sets = this.#membership.of(reference.parent);
    const keys = sets?.[from];
    if (column === undefined || keys === undefined || keys.size === 0) return [];
    return [{ reference, held: { column, of: reference.parent, keys } }];
  }

  #length(anyOf: readonly HeldKeys[], { columns }: Leaf['entity']): number {
    const isInteger = (name: string): boolean => columns.find((column) => column.name === name)?.kind === 'integer';
    return anyOf.reduce((sum, { column, keys }) => sum + keys.size * (isInteger(column) && !keys.listed ? 1 : otherKey), 0);
  }

  /** What rows held that were seen to need one that stays out. */
  #without({ needs }: Leaf): readonly HeldKeys[] {
    return needs.flatMap(({ reference }) => {
      const keys = this.#options.border.heldOutside(reference);
      return keys === undefined ? [] : [{ column: reference.columns[0] ?? '', of: reference.parent, keys }];
    });
  }

  #within(leaf: Leaf): readonly HeldKeys[] {
    return leaf.needs.map(({ reference }) => ({
      column: reference.columns[0] ?? '',
      of: reference.parent,
      keys: this.#membership.of(reference.parent)?.taken ?? createKeySet(this.#options.edges.entity(reference.parent)),
    }));
  }
}
