import type { ArchiveHeader } from '../../archive/archive.js';
import type { ArchiveReader } from '../../archive/open-archive.js';
import type { ClosedProof } from '../../archive/verify-archive.js';
import { RefusedError } from '../../errors/portolan-error.js';
import type { Findings } from '../../findings/finding.js';
import type { Policy } from '../../policy/policy.js';
import type { CompareProgress } from '../compare-progress.js';
import { MergeConflicts } from '../merge-conflicts.js';
import type { Merging } from '../merge-pass.js';
import { ModelsInOrder } from '../models-in-order.js';
import { unitedLists } from '../united-lists.js';
import { decideKeys } from './decide-keys.js';
import { GatheredObjects } from './gathered-objects.js';
import { gatheredTrailer, summedLeftOut } from './gathered-trailers.js';
import type { Gathering } from './gathering.js';
import type { ModelRule } from './model-rules.js';
import { modelRules } from './model-rules.js';
import { ObjectRewriter } from './object-rewriter.js';
import { OriginKeys } from './origin-keys.js';
import type { Origin } from './origins.js';
import { settleColumns } from './settle-columns.js';
import { Strangers } from './strangers.js';
import { StayedAtHome } from './stayed-at-home.js';
import { takeCensus } from './take-census.js';

export interface GatherOptions {
  readonly header: ArchiveHeader;
  readonly origins: readonly Origin[];
  readonly policy: Policy | undefined;
  readonly progress: CompareProgress;
  /** Where temporary files go. */
  readonly folder: string;
  /** Characters of lines that are sorted in memory at once. */
  readonly sortSize: number;
  readonly findings: Findings;
  readonly signal: AbortSignal | undefined;
}

/** What is known of archives of different databases before they are written as one. */
export interface Gathered {
  readonly gathering: Gathering;
  readonly conflicts: MergeConflicts;
}

/**
 * Reads archives of different databases, and decides which of their objects are the same and which keys the others get.
 *
 * @throws RefusedError ARCHIVE_*, ARCHIVES_UNLIKE for archives of earlier versions, REFERENCE_NOT_MAPPED; UsageError for what the policy names
 */
export async function gatherArchives(options: GatherOptions): Promise<Gathered> {
  const { header, origins, policy, progress, folder, sortSize, findings, signal } = options;
  if (origins.length > 1) refuseEarlier(origins);
  const rules = modelRules(header, policy);
  tellUnlikeNames(origins, rules, findings);
  const keys = origins.map(({ place }) => new OriginKeys(place, header));
  const gathering: Gathering = { header, rules, origins, keys };
  progress.begin();
  const census = await takeCensus(gathering, progress);
  const stayed = new StayedAtHome(gathering);
  const conflicts = new MergeConflicts(false);
  await decideKeys({ gathering, census, stayed, folder, sortSize, signal }, conflicts, progress);
  return { gathering, conflicts };
}

/** Has the proof know every object by its key in the merged archive, and tells of mentions that led to none. */
export async function collectGathered(
  gathering: Gathering,
  proof: ClosedProof,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const strangers = new Strangers();
  const { origins, keys, header } = gathering;
  for (const { place, archives } of origins) {
    const origin = keys[place] as OriginKeys;
    const rewriters = new Map(header.order.map((model) => [model, new ObjectRewriter(gathering, origin, model)]));
    for (const archive of archives)
      for await (const objects of archive.encoded()) {
        signal?.throwIfAborted();
        for (const object of objects) proof.collect(rewriters.get(object.model)?.rewrite(object, strangers.note) ?? object);
      }
  }
  strangers.tell(findings);
}

/** What a pass over all of them works with. */
export function gatheredSources(
  gathering: Gathering,
  sortSize: number,
): Pick<Merging, 'archives' | 'open' | 'trailers' | 'lists' | 'settle'> {
  const { header, origins, rules } = gathering;
  const all = origins.flatMap(({ place, archives }) => archives.map((archive) => ({ place, archive })));
  const originOf = (place: number): OriginKeys => gathering.keys[place] as OriginKeys;
  const trailers = all.flatMap(({ place, archive: { path, trailer } }) =>
    trailer === undefined ? [] : [{ place, path, trailer: gatheredTrailer(gathering, originOf(place), trailer) }],
  );
  const { dangling } = unitedLists(trailers.map(({ trailer }) => trailer));
  const leftOut = origins.map(
    ({ place }) => unitedLists(trailers.flatMap((one) => (one.place === place ? [one.trailer] : []))).leftOut,
  );
  return {
    archives: all.map(({ place, archive: { path } }) => ({ path, origin: place })),
    open: (folder) =>
      all.map(
        ({ place, archive }) =>
          new GatheredObjects(gathering, originOf(place), new ModelsInOrder(archive, folder), { folder, sortSize }),
      ),
    trailers,
    lists: { dangling, leftOut: summedLeftOut(leftOut) },
    settle: (model) => {
      const rule = rules.get(model);
      return rule === undefined ? undefined : settleColumns(header, model, rule);
    },
  };
}

/** Where the exports had different policies, or the databases different constraints, and the policy of the merge says nothing. */
function tellUnlikeNames(origins: readonly Origin[], rules: ReadonlyMap<string, ModelRule>, findings: Findings): void {
  for (const { path, header } of origins.flatMap(({ archives }) => archives)) {
    for (const model of header.order) {
      const [own = [], used = []] = [header.entities[model]?.naturalKey, rules.get(model)?.naturalKey];
      if (own.length === 0 || used.join('\0') === own.join('\0')) continue;
      const known = used.length === 0 ? 'its key alone' : used.join(', ');
      findings.note('other-natural-key', model, `${path} knows it by ${own.join(', ')}; here it was known by ${known}`);
    }
  }
}

/** They do not tell what their objects are known by, nor which columns hold trees: a key could be kept by accident. */
function refuseEarlier(origins: readonly Origin[]): void {
  const all: readonly ArchiveReader[] = origins.flatMap(({ archives }) => archives);
  for (const { path, header } of all) {
    if (header.order.every((model) => header.entities[model]?.naturalKey !== undefined)) continue;
    throw new RefusedError(
      'ARCHIVES_UNLIKE',
      `${path} was written by an earlier version, and does not tell what its objects are known by`,
      {
        hint: 'Export it again; or import the archives one after the other.',
      },
    );
  }
}
