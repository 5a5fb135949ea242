import type { Entity, Reference } from '../schema/schema.js';
import type { Key } from './key.js';
import type { KeySet, KeyView } from './key-set.js';
import type { KeySets } from './key-sets.js';
import { inMemory, keySetIn } from './key-sets.js';

/** How many rows of a model stay out for one reason: `boundary`, `exclude`, or the name of a rule of its own or of a row without which they cannot be. */
export interface LeftOutCount {
  readonly model: string;
  readonly rule: string;
  readonly count: number;
}

/** Rows that a `drop` of the policy keeps out, each for the reason that reached it first; of sets that are described, by what they hold. Grows only. */
export class LeftOut {
  /** By model and rule. */
  readonly #rows = new Map<string, Map<string, KeySet>>();
  readonly #holding = new Map<Reference, KeySet>();
  readonly #counts: LeftOutCount[] = [];
  readonly #keySets: KeySets;

  constructor(keySets: KeySets = inMemory) {
    this.#keySets = keySets;
  }

  /** False where it stays out already. */
  add(entity: Entity, key: Key, rule: string): boolean {
    if (this.ruleOf(entity.model, key) !== undefined) return false;
    let byRule = this.#rows.get(entity.model);
    if (byRule === undefined) this.#rows.set(entity.model, (byRule = new Map<string, KeySet>()));
    return keySetIn(byRule, rule, entity, this.#keySets).add(key);
  }

  /** All rows of a described set that hold one of these values in a reference: so many as do, and were in it until now. */
  addHolding(reference: Reference, child: Entity, values: Iterable<Key>, rule: string, count: number): void {
    const held = keySetIn(this.#holding, reference, { ...child, key: reference.columns }, this.#keySets);
    for (const value of values) held.add(value);
    this.#counts.push({ model: child.model, rule, count });
  }

  ruleOf(model: string, key: Key): string | undefined {
    for (const [rule, keys] of this.#rows.get(model) ?? []) if (keys.has(key)) return rule;
    return undefined;
  }

  /** What rows of described sets held that stay out. */
  heldBy(reference: Reference): KeyView | undefined {
    return this.#holding.get(reference);
  }

  /** Whether any row of the model stays out that is known by its key. */
  concerns(model: string): boolean {
    return this.#rows.has(model);
  }

  get counts(): readonly LeftOutCount[] {
    const listed = [...this.#rows].flatMap(([model, byRule]) =>
      [...byRule].map(([rule, keys]): LeftOutCount => ({ model, rule, count: keys.size })),
    );
    return summed([...listed, ...this.#counts]);
  }
}

/** One count for each model and rule, those without rows left out. */
export function summed(counts: readonly LeftOutCount[]): readonly LeftOutCount[] {
  const sums = new Map<string, LeftOutCount>();
  for (const one of counts) {
    if (one.count === 0) continue;
    const id = `${one.rule}\0${one.model}`;
    sums.set(id, { ...one, count: one.count + (sums.get(id)?.count ?? 0) });
  }
  return [...sums.values()];
}
