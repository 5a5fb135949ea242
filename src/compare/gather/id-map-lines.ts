import { objectNamer } from '../object-namer.js';
import type { Gathering } from './gathering.js';
import type { ModelKeys } from './origin-keys.js';

/** What became of an object: it has its key, or another; or it is an earlier archive's, by its natural key or as it is. */
export type GatheredDecision = 'insert' | 'same' | 'merge' | 'remap';

export interface GatheredLine {
  /** The archives of its database, as they were named. */
  readonly archives: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly decision: GatheredDecision;
}

/** One line for each object of any archive, database by database, in the order of models and keys. */
export async function* idMapLines({ header, origins, keys }: Gathering): AsyncGenerator<GatheredLine> {
  for (const { place, archives } of origins) {
    const paths = archives.map(({ path }) => path);
    for (const model of header.order) {
      const own = keys[place]?.of(model);
      if (own === undefined) continue;
      const nameOf = objectNamer(header, model);
      for (const key of own.keys.sorted()) {
        const to = own.counterpart(key);
        yield await Promise.resolve({ archives: paths, from: nameOf(key), to: nameOf(to), decision: decisionOn(own, key) });
      }
    }
  }
}

/** How many objects of each model became what. */
export function gatheredCounts({
  header,
  keys,
}: Gathering): Readonly<Record<GatheredDecision, Readonly<Record<string, number>>>> {
  const counts: Record<GatheredDecision, Record<string, number>> = { insert: {}, same: {}, merge: {}, remap: {} };
  for (const model of header.order) {
    for (const origin of keys) {
      const own = origin.of(model);
      for (const key of own.keys.sorted()) {
        const decision = decisionOn(own, key);
        counts[decision][model] = (counts[decision][model] ?? 0) + 1;
      }
    }
  }
  return counts;
}

function decisionOn(own: ModelKeys, key: Parameters<ModelKeys['counterpart']>[0]): GatheredDecision {
  if (own.matched.has(key)) return 'merge';
  if (own.same.has(key)) return 'same';
  return own.counterpart(key) === key ? 'insert' : 'remap';
}
