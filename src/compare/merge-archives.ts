import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { ArchiveHeader } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { createArchiveWriter } from '../archive/archive-writer.js';
import { checkOutput } from '../archive/check-output.js';
import { openArchive } from '../archive/open-archive.js';
import { isStandardOutput, outputPlace } from '../archive/output-place.js';
import { ClosedProof } from '../archive/verify-archive.js';
import { UsageError } from '../errors/portolan-error.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { noteEdited } from '../findings/edited-archive.js';
import { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { publishRecords } from '../changes/publish-records.js';
import { stageRecord } from '../changes/stage-record.js';
import { toolVersion } from '../tool-version.js';
import { CompareProgress } from './compare-progress.js';
import type { GatherOptions } from './gather/gather-archives.js';
import { collectGathered, gatherArchives, gatheredSources } from './gather/gather-archives.js';
import { gatheredSeeds } from './gather/gathered-trailers.js';
import { gatheredCounts, idMapLines } from './gather/id-map-lines.js';
import type { Origin } from './gather/origins.js';
import { originsOf } from './gather/origins.js';
import type { MergeConflicts } from './merge-conflicts.js';
import type { MergeOptions, MergeResult } from './merge-options.js';
import { mergeOptionNames, nothingGathered } from './merge-options.js';
import type { Merging } from './merge-pass.js';
import { mergePass } from './merge-pass.js';
import { ModelsInOrder } from './models-in-order.js';
import { uniteHeaders } from './unite-headers.js';
import { unitedLists } from './united-lists.js';

/** How many characters of lines are sorted in memory at once, where objects get other keys. */
const usualSortSize = 32 * 1024 * 1024;

/**
 * Makes one archive of several: every object of any of them once, with the links of all. In archives of one database, one key means one
 * object. Of different ones, an object is an earlier archive's where it has the same natural key (the policy's, else the unique
 * constraint that says most), or its key and values; another whose key is taken gets a new one, and all references follow. What cannot
 * be united does not throw: the result says `refused`, lists it, and nothing was written. The archives are read several times and never
 * held whole; what is written is proven closed, and has its name only when it is whole.
 *
 * @example
 * const { status, total, conflicts } = await mergeArchives({ archives: ['a.json', 'b.json'], output: 'both.json' });
 *
 * @throws RefusedError ARCHIVE_* for one that is damaged or not closed, ARCHIVES_UNLIKE where they describe a model differently, SOURCES_UNKNOWN
 * where only some tell which database they come from, REFERENCE_NOT_MAPPED, NESTED_SET_OVERLAPS
 */
export function mergeArchives(options: MergeOptions): Promise<MergeResult> {
  return mergeInSizes(options, usualSortSize);
}

/** As {@link mergeArchives}, sorting so much at once. */
export async function mergeInSizes(options: MergeOptions, sortSize: number): Promise<MergeResult> {
  refuseUnknownOptions('mergeArchives', options, mergeOptionNames);
  const { archives: paths, output, force = false } = options;
  if (paths.length < 2) throw new UsageError('USAGE', 'a merge takes two archives or more', { hint: 'Name the others, too.' });
  const { signal } = options;
  await checkOutput(output, { force, signal });
  const findings = options.findings ?? new Findings();
  const archives: ArchiveReader[] = [];
  for (const path of paths) archives.push(await openArchive(path, { signal }));
  const named = archives.map(({ path, header }) => ({ name: path, header }));
  const united = uniteHeaders(named);
  const origins = originsOf(archives, options.sources, findings);
  if (new Set(named.map((one) => one.header.policy)).size > 1)
    findings.note('other-policy', 'merge', 'the archives were exported under different policies: the merged one names none');
  for (const { name, header } of named) noteEdited(findings, name, header);
  const place = typeof output === 'string' && !isStandardOutput(output) ? await outputPlace(output) : undefined;
  const isTakenBack = place !== undefined && place.kind !== 'special';
  const folder = isTakenBack && place.kind !== 'object' ? dirname(place.path) : tmpdir();
  const read = await (origins.length === 1 && options.idMap === undefined
    ? readAlike(archives, united, options)
    : readApart(origins, united, options, { folder, sortSize, findings }));
  tellFiles(archives, findings);
  refuseWarnings(options, findings);
  if (read.conflicts !== undefined && read.conflicts.count > 0) return refused(read.conflicts, findings);
  const { merging, plan } = read;
  const header: ArchiveHeader = {
    ...merging.header,
    ...(options.reproducible === true ? {} : { volatile: volatileFacts(archives, origins) }),
  };
  // What can take nothing back is told nothing before all is decided.
  const tried = isTakenBack ? undefined : await mergePass(merging, folder, undefined);
  if (tried !== undefined && tried.conflicts.count > 0) return refused(tried.conflicts, findings);
  const map =
    options.idMap === undefined || read.idMap === undefined
      ? undefined
      : await stageRecord(options.idMap, read.idMap(), findings);
  const writer = await createArchiveWriter({ output, header, force, signal }).catch(async (error: unknown) => {
    await map?.discard();
    throw error;
  });
  try {
    const { content, conflicts } = await mergePass(merging, folder, writer);
    if (conflicts.count > 0) {
      await writer.abort();
      await map?.discard();
      return refused(conflicts, findings);
    }
    const { bytes, sha256 } = await writer.finish(content);
    const { objects, links, total } = content;
    const name = typeof output === 'string' ? output : '-';
    await publishRecords(map === undefined ? [] : [map], `the archive ${name} is written`);
    return { status: 'done', output: name, objects, links, total, plan, bytes, sha256, conflicts: [], findings: findings.all };
  } catch (error) {
    await writer.abort();
    await map?.discard();
    throw error;
  }
}

/** All that is known before anything is written. */
interface Read {
  readonly merging: Merging;
  readonly plan: MergeResult['plan'];
  /** Undefined where only the objects themselves can tell. */
  readonly conflicts?: MergeConflicts;
  readonly idMap?: () => AsyncIterable<unknown>;
}

/** Archives of one database: one key means one object. */
async function readAlike(
  archives: readonly ArchiveReader[],
  header: Omit<ArchiveHeader, 'volatile'>,
  options: MergeOptions,
): Promise<Read> {
  const progress = new CompareProgress(
    archives,
    [
      ['read', 1],
      ['merge', 2],
    ],
    options,
  );
  const proof = new ClosedProof(header, 'the merged archive');
  progress.begin();
  for (const archive of archives) {
    for await (const objects of archive.encoded()) {
      for (const object of objects) proof.collect(object);
      progress.note('read', objects[0]?.model ?? '', objects.length);
    }
  }
  const trailers = archives.flatMap(({ path, trailer }) => (trailer === undefined ? [] : [{ path, trailer }]));
  const merging: Merging = {
    ...{ header, proof, progress, verbose: options.verbose ?? false, trailers },
    archives: archives.map(({ path }) => ({ path, origin: 0 })),
    open: (folder) => archives.map((archive) => new ModelsInOrder(archive, folder)),
    lists: unitedLists(trailers.map(({ trailer }) => trailer)),
    settle: () => undefined,
  };
  return { merging, plan: nothingGathered };
}

/** Archives of different databases: what is the same is found, and what is not gets a key of its own. */
async function readApart(
  origins: readonly Origin[],
  united: Omit<ArchiveHeader, 'volatile'>,
  options: MergeOptions,
  { folder, sortSize, findings }: Pick<GatherOptions, 'folder' | 'sortSize' | 'findings'>,
): Promise<Read> {
  const progress = new CompareProgress(
    origins.flatMap(({ archives }) => archives),
    [
      ['read', 1],
      ['compare', 1],
      ['merge', 3],
    ],
    options,
  );
  const { policy, signal } = options;
  const { gathering, conflicts } = await gatherArchives({
    ...{ header: united, origins, policy, progress, folder, sortSize, findings, signal },
  });
  const header = origins.length === 1 ? united : { ...united, seeds: gatheredSeeds(gathering) };
  const proof = new ClosedProof(header, 'the merged archive');
  const sources = gatheredSources(gathering, sortSize);
  if (conflicts.count === 0) await collectGathered(gathering, proof, findings, signal);
  const merging: Merging = { ...sources, header, proof, progress, verbose: options.verbose ?? false };
  return {
    ...{ merging, conflicts },
    plan: origins.length === 1 ? nothingGathered : gatheredCounts(gathering),
    idMap: () => idMapLines(gathering),
  };
}

/** What was gathered from several databases is a source of its own. */
function volatileFacts(archives: readonly ArchiveReader[], origins: readonly Origin[]): NonNullable<ArchiveHeader['volatile']> {
  const told = archives.map(({ header }) => header.volatile?.source);
  const [first] = told;
  const isOne = origins.length === 1 && told.every((one) => one === first);
  const content = archives.map(({ trailer }) => trailer?.sha256 ?? '').join('\n');
  const source = isOne ? first : createHash('sha256').update(`portolan merged source 1\n${content}\n`).digest('hex');
  return { date: new Date().toISOString(), tool: toolVersion(), ...(source === undefined ? {} : { source }) };
}

/** Nothing is silently missing. */
function tellFiles(archives: readonly ArchiveReader[], findings: Findings): void {
  for (const { path, trailer } of archives) {
    const { count = 0 } = trailer?.files ?? {};
    if (count > 0) findings.warn('files-stay', path, `${String(count)} files beside its rows are not in the merged archive`);
  }
}

function refused(conflicts: MergeConflicts, findings: Findings): MergeResult {
  const unlisted = conflicts.count - conflicts.kept.length;
  if (unlisted > 0) findings.warn('conflicts-not-listed', 'merge', `${String(unlisted)} more conflicts are counted, not listed`);
  const nothing = { output: undefined, objects: {}, links: {}, total: 0, plan: nothingGathered, bytes: 0, sha256: '' };
  return { status: 'refused', ...nothing, conflicts: conflicts.kept, findings: findings.all };
}
