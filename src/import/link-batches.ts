import type { ArchiveReader } from '../archive/open-archive.js';
import { lent } from './lent.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import type { LookUpSize } from './planned-runs.js';
import { plannedRuns } from './planned-runs.js';
import type { TargetLink } from './target.js';
import type { LinkPair, ObjectLinks } from './write-links.js';
import { objectLinks } from './write-links.js';

/** Links of one relation that one query asks for, or writes. */
export interface LinkBatch {
  readonly planned: PlannedModel;
  readonly link: TargetLink;
  readonly pairs: readonly LinkPair[];
}

interface GatheredLinks extends LinkBatch {
  readonly pairs: LinkPair[];
}

/** Pairs of integers that one query asks for. */
const usualPairs = 100_000;

/** How many of those take as much as a pair with a longer key. */
const longPair = 4;

/** Gathers links until they are worth a query, those of all relations together: mostly an object has few. */
export class LinkBatches {
  readonly #size: number;
  readonly #longPair: number;
  #waiting = new Map<TargetLink, { readonly planned: PlannedModel; readonly pairs: LinkPair[] }>();
  #count = 0;

  constructor(size: LookUpSize | undefined) {
    this.#size = size?.objects ?? usualPairs;
    this.#longPair = size === undefined ? longPair : 1;
  }

  /** Takes links, and gives those that need wait no longer. */
  *add(planned: PlannedModel, link: TargetLink, links: readonly ObjectLinks[]): Generator<GatheredLinks> {
    const weight = hasIntegers(planned, link) ? 1 : this.#longPair;
    for (const { owner, ends } of links) {
      for (const end of ends) {
        let own = this.#waiting.get(link);
        if (own === undefined) this.#waiting.set(link, (own = { planned, pairs: [] }));
        own.pairs.push([owner, end]);
        if ((this.#count += weight) >= this.#size) yield* this.rest();
      }
    }
  }

  /** All that wait. */
  *rest(): Generator<GatheredLinks> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    this.#count = 0;
    for (const [link, { planned, pairs }] of waiting) yield { planned, link, pairs };
  }
}

function hasIntegers({ target: { shape } }: PlannedModel, { inverse }: TargetLink): boolean {
  return [...shape.kinds, ...inverse.kinds].every((kind) => kind === 'integer');
}

export interface LinkBatchOptions {
  readonly archive: ArchiveReader;
  readonly plan: Plan;
  readonly lookUpSize?: LookUpSize | undefined;
}

/** One pass over an archive for its links, or those of some relations. A batch has its pairs until the next one is asked for. */
export async function* linkBatches(
  { archive, plan, lookUpSize }: LinkBatchOptions,
  isAsked: (link: TargetLink) => boolean = () => true,
): AsyncGenerator<LinkBatch, void> {
  const models = new Map([...plan.models].filter(([, { target }]) => target.links.some(isAsked)));
  if (models.size === 0) return;
  const batches = new LinkBatches(lookUpSize);
  for await (const { planned, objects } of plannedRuns(archive, models)) {
    for (const link of planned.target.links.filter(isAsked))
      for (const batch of batches.add(planned, link, objectLinks(plan.models, planned, link, objects)))
        yield* lent(batch, batch.pairs);
  }
  for (const batch of batches.rest()) yield* lent(batch, batch.pairs);
}
