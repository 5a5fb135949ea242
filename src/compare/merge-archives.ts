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
import { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { toolVersion } from '../tool-version.js';
import { CompareProgress } from './compare-progress.js';
import type { MergeConflicts } from './merge-conflicts.js';
import type { MergeOptions, MergeResult } from './merge-options.js';
import { mergeOptionNames } from './merge-options.js';
import { mergePass } from './merge-pass.js';
import { uniteHeaders } from './unite-headers.js';

/**
 * Makes one archive of several: every object of any of them once, with the links of all. Two versions of one object do not throw: the
 * result says `refused`, lists them, and nothing was written. The archives are read twice and never held whole; what is written is
 * proven closed, and has its name only when it is whole.
 *
 * @example
 * const { status, total, conflicts } = await mergeArchives({ archives: ['a.json', 'b.json'], output: 'both.json' });
 *
 * @throws RefusedError ARCHIVE_* for one that is damaged or not closed, ARCHIVES_UNLIKE where they describe a model differently
 */
export async function mergeArchives(options: MergeOptions): Promise<MergeResult> {
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
  const header: ArchiveHeader = {
    ...united,
    ...(options.reproducible === true ? {} : { volatile: { date: new Date().toISOString(), tool: toolVersion() } }),
  };
  if (new Set(named.map((one) => one.header.policy)).size > 1)
    findings.note('other-policy', 'merge', 'the archives were exported under different policies: the merged one names none');
  for (const one of named)
    if (one.header.edited === true)
      findings.note('edited-archive', one.name, 'somebody edited this archive after it was exported');
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
  refuseWarnings(options, findings);
  const merging = { archives, header, proof, progress, verbose: options.verbose ?? false };
  const place = typeof output === 'string' && !isStandardOutput(output) ? await outputPlace(output) : undefined;
  const isTakenBack = place !== undefined && place.kind !== 'special';
  const folder = isTakenBack && place.kind !== 'object' ? dirname(place.path) : tmpdir();
  // What can take nothing back is told nothing before all is decided.
  const tried = isTakenBack ? undefined : await mergePass(merging, folder, undefined);
  if (tried !== undefined && tried.conflicts.count > 0) return refused(tried.conflicts, findings);
  const writer = await createArchiveWriter({ output, header, force, signal });
  try {
    const { content, conflicts } = await mergePass(merging, folder, writer);
    if (conflicts.count > 0) {
      await writer.abort();
      return refused(conflicts, findings);
    }
    const { bytes, sha256 } = await writer.finish(content);
    const { objects, links, total } = content;
    const name = typeof output === 'string' ? output : '-';
    return { status: 'done', output: name, objects, links, total, bytes, sha256, conflicts: [], findings: findings.all };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function refused(conflicts: MergeConflicts, findings: Findings): MergeResult {
  const unlisted = conflicts.count - conflicts.kept.length;
  if (unlisted > 0) findings.warn('conflicts-not-listed', 'merge', `${String(unlisted)} more conflicts are counted, not listed`);
  const nothing = { output: undefined, objects: {}, links: {}, total: 0, bytes: 0, sha256: '' };
  return { status: 'refused', ...nothing, conflicts: conflicts.kept, findings: findings.all };
}
