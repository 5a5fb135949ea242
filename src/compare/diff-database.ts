import type { DataSource } from 'typeorm';
import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { openArchive } from '../archive/open-archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { ConvertedArchive } from '../convert/convert-archive.js';
import { convertArchive } from '../convert/convert-archive.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { refuseRewritten } from '../dialect/postgres/refuse-rewritten.js';
import { openReadSession } from '../dialect/postgres/session.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { findDrift } from '../import/find-drift.js';
import { modelRuns } from '../import/model-runs.js';
import type { TargetModel } from '../import/target.js';
import { valueRefused } from '../import/value-refused.js';
import { writeLines } from '../changes/write-lines.js';
import { mergePolicy } from '../policy/merge-policy.js';
import { draftSchema } from '../schema/build-schema.js';
import type { Schema } from '../schema/schema.js';
import { objectKey } from '../values/object-values.js';
import { CompareProgress, readWhole } from './compare-progress.js';
import { compareWithRows } from './compare-with-rows.js';
import type { DifferenceLine } from './difference.js';
import type { DiffDatabaseOptions, DiffResult } from './diff-options.js';
import { diffDatabaseOptionNames } from './diff-options.js';
import { DifferenceTally } from './difference-tally.js';
import { IdMap } from './id-map.js';
import { objectNamer } from './object-namer.js';
import { translator } from './translator.js';

/**
 * Compares an archive with a database, in one snapshot: objects of the archive that it lacks, and those whose row differs in a column
 * that the archive has or lacks a link. What only the database has is no difference, since an archive never says that there is nothing
 * else: export again, and compare two archives.
 *
 * @example
 * const { status, objects } = await diffDatabase(dataSource, { archive: 'book.json' });
 *
 * @throws RefusedError ARCHIVE_* for a damaged archive, SCHEMA_DRIFT where its rows cannot be looked up; FailedError where the database fails
 */
export async function diffDatabase(dataSource: DataSource, options: DiffDatabaseOptions): Promise<DiffResult> {
  refuseUnknownOptions('diffDatabase', options, diffDatabaseOptionNames);
  const findings = options.findings ?? new Findings();
  const { signal, onQuery } = options;
  const opened = await openArchive(options.archive, { signal });
  const progress = new CompareProgress(
    [opened],
    [
      ['read', 1],
      ['compare', 4],
    ],
    options,
  );
  await readWhole([opened], progress);
  const session = await openReadSession(dataSource, { signal, onQuery });
  let converted: ConvertedArchive | undefined;
  try {
    options.onTarget?.(session.server);
    const policy = mergePolicy({ policy: options.policy, includeSecrets: ['*'] });
    converted = await convertArchive({ archive: opened, dataSource, session, policy, findings, signal, onQuery });
    const { archive } = converted;
    const map = options.idMap === undefined ? undefined : await IdMap.read(options.idMap, archive.header);
    const { schema, tablesNamed, problems } = await draftSchema(session, dataSource, policy, findings, archive.header.entities);
    problems.throwAny();
    const drift = new Findings();
    const targets = findDrift({
      ...{ header: archive.header, schema, tablesNamed, onConflict: 'fail', ignoreNonexistent: true, readsOnly: true },
      findings: drift,
    });
    const isMissing = (kind: string): boolean => kind.startsWith('missing-');
    for (const { kind, on, reason } of drift.all) if (!isMissing(kind)) findings.warn(kind, on, reason);
    refuseWarnings(options, findings);
    const tally = new DifferenceTally(options.verbose ?? false);
    progress.begin();
    const lines = differences({ session, archive, schema, targets, map, tally, progress });
    if (options.plan === undefined) while ((await lines.next()).done !== true);
    else await writeLines(options.plan, planOf(archive, map !== undefined, lines));
    await refuseRewritten(session);
    const missing = drift.all.filter(({ kind }) => isMissing(kind)).map(({ on, reason }) => `${on}: ${reason}`);
    return tally.result(missing, findings);
  } finally {
    await session.close();
    await converted?.close();
  }
}

async function* planOf(archive: ArchiveReader, idMap: boolean, lines: AsyncGenerator<DifferenceLine>): AsyncGenerator {
  yield { archive: archive.trailer?.sha256 ?? '', against: 'database', options: { idMap } };
  yield* lines;
}

interface Compared {
  readonly session: PinnedSession;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly targets: ReadonlyMap<string, TargetModel>;
  readonly map: IdMap | undefined;
  readonly tally: DifferenceTally;
  readonly progress: CompareProgress;
}

async function* differences(compared: Compared): AsyncGenerator<DifferenceLine> {
  const { archive, targets, map, tally, progress } = compared;
  const { header } = archive;
  for await (const { model, batches } of modelRuns(archive.encoded())) {
    const target = targets.get(model);
    const translate = map === undefined ? undefined : translator(header, model, map);
    const name = objectNamer(header, model);
    const shape = headerKeyShape(header, model);
    const gone = (object: ArchiveObject): DifferenceLine =>
      tally.add({
        ...{ model, object: name(objectKey(object, shape) ?? ''), decision: 'delete', columns: [], links: [] },
        before: () => object.fields,
        after: () => ({}),
      });
    for await (const objects of batches) {
      progress.note('compare', model, objects.length);
      const known: ArchiveObject[] = [];
      for (const object of objects) {
        const one = target === undefined ? undefined : translate === undefined ? object : translate(object);
        if (one === undefined) yield gone(object);
        else known.push(one);
      }
      if (target === undefined || known.length === 0) continue;
      const found = await compareWithRows(compared.session, compared.schema, target, known, name).catch((error: unknown) => {
        throw valueRefused(error, model);
      });
      for (const difference of found) yield tally.add(difference);
      tally.same(model, known.length - found.length);
    }
  }
}
