import type { RowReader } from '../dialect/row-reader.js';
import type { RowRule } from '../policy/policy.js';
import type { Entity, Reference } from '../schema/schema.js';
import type { DescribedSet } from './closure.js';
import { createKeySet } from './create-key-set.js';
import type { Edges } from './edges.js';
import { innerPairs } from './inner-holders.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import { keySetIn } from './key-sets.js';
import type { LeftOut } from './left-out.js';
import type { WalkResult } from './walk-options.js';

/** A taken row that needs one that stays out, in a column that cannot be NULL. */
export interface FallenRow {
  readonly model: string;
  readonly key: Key;
}

export interface Fallen {
  readonly rows: readonly FallenRow[];
  /** Rows of described sets, of which nobody knows the keys. */
  readonly described: number;
}

interface RowsOut {
  readonly entity: Entity;
  readonly keys: readonly Key[];
  readonly rule: string;
}

interface SpreadOptions {
  readonly edges: Edges;
  readonly reader: RowReader;
  /** Why rows of a model are beyond the border. */
  readonly borderRuleOf: (model: string) => string;
  readonly leftOut: LeftOut;
  readonly cut: Map<Reference, KeySet>;
}

/**
 * From rows that stay out to the taken rows that need them: where the reference can be NULL its value is cut, else the row
 * falls too, and what needs that one. `leftOut` and `cut` are extended; the caller walks again when anything fell.
 */
export async function spreadDrop(options: SpreadOptions, result: WalkResult): Promise<Fallen> {
  const { edges, reader, leftOut, cut } = options;
  const rows: FallenRow[] = [];
  const described = new DescribedFall(options, result.described);
  const queue = [...result.dropped].flatMap(([model, keys]) => byRule(options, result, edges.entity(model), keys));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { entity: parent, keys, rule } = next;
    for (const reference of edges.down(parent.model)) {
      if (reference.follow.up === 'cut') continue;
      const child = edges.entity(reference.child);
      if (child.key.length === 0) continue;
      if (await described.takes(reference, keys, rule)) continue;
      const through = reference.direct ? undefined : { entity: parent, columns: reference.parentColumns, keyColumns: parent.key };
      const selection = { entity: child, columns: reference.columns, values: keys, through, when: reference.when };
      const fresh: Key[] = [];
      for await (const batch of reader.keys(selection, [child.key, reference.columns])) {
        for (let row = 0; row < batch.count; row += 1) {
          const key = batch.groups[0]?.[row];
          const value = batch.groups[1]?.[row];
          if (key === null || key === undefined || !result.membership.has(child.model, key, 'shared')) continue;
          if (!reference.nullable) {
            if (leftOut.add(child, key, rule)) fresh.push(key);
          } else if (value !== null && value !== undefined) {
            keySetIn(cut, reference, { ...child, key: reference.columns }).add(value);
          }
        }
      }
      for (const key of fresh) rows.push({ model: child.model, key });
      if (fresh.length > 0) queue.push({ entity: child, keys: fresh, rule });
    }
    // Nothing can be written instead of a key inside a value.
    for (const reference of edges.innerTo(parent.model)) {
      const child = edges.entity(reference.child);
      const fresh: Key[] = [];
      for await (const [key] of innerPairs({ edges, reader, membership: result.membership }, reference, keys))
        if (leftOut.add(child, key, rule)) fresh.push(key);
      for (const key of fresh) rows.push({ model: child.model, key });
      if (fresh.length > 0) queue.push({ entity: child, keys: fresh, rule });
    }
  }
  return { rows, described: described.count };
}

/** Sets that are described shrink by what their rows hold; nothing needs those rows. */
class DescribedFall {
  readonly #options: SpreadOptions;
  readonly #sets: Map<string, DescribedSet>;
  #count = 0;

  constructor(options: SpreadOptions, sets: ReadonlyMap<string, DescribedSet>) {
    this.#options = options;
    this.#sets = new Map(sets);
  }

  get count(): number {
    return this.#count;
  }

  /** Whether rows that hold these keys are of a described set; they have fallen then, or what they hold is cut. */
  async takes(reference: Reference, keys: readonly Key[], rule: string): Promise<boolean> {
    const { reader, leftOut, cut } = this.#options;
    const set = this.#sets.get(reference.child);
    if (set === undefined) return false;
    const values = { ...set.entity, key: reference.columns };
    if (reference.nullable) {
      const held = keySetIn(cut, reference, values);
      for (const key of keys) held.add(key);
      return true;
    }
    const out = createKeySet(values);
    for (const key of keys) out.add(key);
    const without = [...(set.without ?? []), { column: reference.columns[0] ?? '', of: reference.parent, keys: out }];
    const { brought } = await reader.census({ ...set, without }, []);
    const count = brought.reduce((sum, one) => sum + one, 0);
    if (count === set.count) return true;
    this.#sets.set(reference.child, { ...set, without, count });
    leftOut.addHolding(reference, set.entity, keys, rule, set.count - count);
    this.#count += set.count - count;
    return true;
  }
}

/** Rows that were met and kept out. Those that fell before stay out for the reason that they had; those that fail a rule are found by it again. */
function byRule(
  { leftOut, borderRuleOf }: SpreadOptions,
  { failing }: WalkResult,
  entity: Entity,
  keys: KeySet,
): readonly RowsOut[] {
  const { model } = entity;
  const groups = new Map<string, Key[]>();
  for (const key of keys.sorted()) {
    let rule = leftOut.ruleOf(model, key) ?? failedRule(failing.get(model), key);
    if (rule === undefined) {
      rule = borderRuleOf(model);
      leftOut.add(entity, key, rule);
    }
    const group = groups.get(rule);
    if (group === undefined) groups.set(rule, [key]);
    else group.push(key);
  }
  return [...groups].map(([rule, some]) => ({ entity, keys: some, rule }));
}

function failedRule(failing: ReadonlyMap<RowRule, KeySet> | undefined, key: Key): string | undefined {
  for (const [{ name }, keys] of failing ?? []) if (keys.has(key)) return name;
  return undefined;
}
