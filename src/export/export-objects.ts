import type { DataSource } from 'typeorm';
import type { ArchiveWriter } from '../archive/archive-writer.js';
import { createArchiveWriter } from '../archive/archive-writer.js';
import { checkOutput } from '../archive/check-output.js';
import { countOf } from '../closure/closure.js';
import type { StageWeight } from '../course.js';
import { Course } from '../course.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { QueryStatistics } from '../dialect/session.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { refuseRewritten } from '../dialect/postgres/refuse-rewritten.js';
import { openReadSession } from '../dialect/postgres/session.js';
import { PortolanError, UsageError } from '../errors/portolan-error.js';
import { refuseOtherThanNames, refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { sourceDigest } from '../changes/source-digest.js';
import { archiveHeader, archiveOrder, withheldColumns } from './archive-parts.js';
import { countLinks } from './count-links.js';
import { encoderBuffers } from '../values/object-encoder.js';
import { approvalsOf } from '../policy/approval.js';
import { allowanceOf } from './allowance-of.js';
import type { ExportOptions, ExportResult } from './export-options.js';
import { filesContext } from './files-context.js';
import { takeFiles, takesFiles } from './take-files.js';
import { exportOptionNames } from './export-options.js';
import type { ExportSizes } from './export-sizes.js';
import { usualSizes } from './export-sizes.js';
import { defaultJobs, exportRows } from './export-rows.js';
import type { Prepared } from './prepare.js';
import { prepare } from './prepare.js';
import { RowsProgress } from './rows-progress.js';
import { addCounts, tellRepeated } from './link-lists.js';
import { trailerLists } from './trailer-lists.js';

/**
 * Exports objects with everything that belongs to them and everything those rows need, from one snapshot of the database.
 * The data source must be initialized; it is neither initialized nor destroyed here. No byte is written before the whole
 * closure, its boundary and its budget are decided; a file has its name only when it is whole.
 *
 * @example
 * const result = await exportObjects(dataSource, { objects: ['demoapp.Book.4'], output: 'book.json' });
 * console.log(result.total, result.sha256);
 *
 * @throws UsageError for names that are not there, RefusedError for boundary, budget and policy, FailedError for the rest
 */
export function exportObjects(dataSource: DataSource, options: ExportOptions): Promise<ExportResult> {
  return exportInSizes(dataSource, options, usualSizes);
}

/** As {@link exportObjects}, so much at once. */
export async function exportInSizes(dataSource: DataSource, options: ExportOptions, sizes: ExportSizes): Promise<ExportResult> {
  refuseUnknownOptions('exportObjects', options, exportOptionNames);
  refuseOtherThanNames('exportObjects', options.objects);
  if (options.output === undefined && options.dryRun !== true) {
    throw new UsageError('NO_OUTPUT', 'no output is named', { hint: 'Give `output`, or ask for a dry run.' });
  }
  if (options.output !== undefined && options.dryRun !== true) {
    if (options.layout === undefined)
      await checkOutput(options.output, { force: options.force ?? false, signal: options.signal });
    else {
      const { checkTree } = await import('../archive/tree/open-tree.js');
      const { pathOf } = await import('./write-layout.js');
      await checkTree(pathOf(options), options.force ?? false);
    }
  }
  if (options.noFiles !== true) await options.files?.check?.(options.signal);
  const course = new Course(options.dryRun === true ? [['closure', 1]] : stages);
  const prepared = await prepare(dataSource, options, course, sizes);
  try {
    return options.dryRun === true
      ? await dryResult(prepared, options)
      : await write(dataSource, prepared, options, course, sizes);
  } finally {
    prepared.keyMemory.close();
    await prepared.session.close();
  }
}

/** To read a row whole and write it takes longer than to find it. */
const stages: readonly StageWeight[] = [
  ['closure', 1],
  ['rows', 2],
];

async function write(
  dataSource: DataSource,
  prepared: Prepared,
  options: ExportOptions,
  course: Course,
  sizes: ExportSizes,
): Promise<ExportResult> {
  const { schema, taken, session } = prepared;
  const order = archiveOrder(schema, taken.closure);
  const total = sum(order.map((model) => countOf(taken.closure, model)));
  const lists = await trailerLists({ schema, closure: taken.closure }, createRowReader(session));
  const context = filesContext(schema, taken.closure, createRowReader(session));
  // A layout has its own way with files.
  const withFiles = options.layout === undefined && (await takesFiles(context, options, prepared.findings));
  refuseWarnings(options, prepared.findings);
  const further = await furtherReaders(dataSource, prepared, options, sizes.jobs ?? defaultJobs(total));
  const { onProgress, signal } = options;
  const progress = onProgress && new RowsProgress(taken.closure, total, course, onProgress);
  let writer: ArchiveWriter | undefined;
  try {
    if (options.layout !== undefined) {
      const { pathOf, writeLayout } = await import('./write-layout.js');
      const sessions = [session, ...further];
      const given = { layout: options.layout, prepared, options, sessions, order, lists, sizes, progress };
      const written = await writeLayout(given);
      const total = sum(Object.values(written.objects));
      return {
        ...result(prepared, order),
        output: pathOf(options),
        ...written,
        files: undefined,
        total,
        statistics: statisticsOf(sessions),
      };
    }
    writer = await createArchiveWriter({
      output: options.output ?? '-',
      header: archiveHeader(prepared, order, options, options.reproducible === true ? undefined : await sourceDigest(session)),
      force: options.force ?? false,
      signal: options.signal,
      partBytes: sizes.part,
      allowance: allowanceOf(approvalsOf(prepared.policy)),
    });
    const readers = [session, ...further].map((one) => createRowReader(one, sizes.batches));
    const objects = new Map<string, number>();
    const links = new Map<string, number>();
    const repeated = new Map<string, number>();
    const buffers = encoderBuffers();
    const { lineStart } = writer;
    const rows = { schema, closure: taken.closure, lineStart, buffers, readers, sizes, signal };
    for await (const lines of exportRows(order, rows)) {
      progress?.bytes(lines.bytes.length);
      progress?.written(lines.model, lines.objects);
      if (await writer.write(lines.bytes)) buffers.give(lines.bytes);
      objects.set(lines.model, (objects.get(lines.model) ?? 0) + lines.objects);
      addCounts(links, lines.links);
      addCounts(repeated, lines.repeated);
    }
    tellRepeated(prepared.findings, repeated);
    refuseWarnings(options, prepared.findings);
    for (const one of [session, ...further]) await refuseRewritten(one);
    // An upload that is deleted meanwhile is missed; one that came later has no row.
    const files = withFiles ? await takeFiles(writer, context, options, prepared.findings) : undefined;
    if (withFiles) refuseWarnings(options, prepared.findings);
    const counts = { objects: sortedRecord(objects), links: sortedRecord(links) };
    const written = sum([...objects.values()]);
    const { bytes, sha256 } = await writer.finish({ ...counts, ...lists, total: written });
    const output = typeof options.output === 'string' ? options.output : '-';
    const statistics = statisticsOf([session, ...further]);
    return { ...result(prepared, order), output, ...counts, total: written, bytes, files, sha256, statistics };
  } catch (error) {
    await writer?.abort();
    throw error;
  } finally {
    await Promise.all(further.map((one) => one.close()));
  }
}

/** Sessions on the snapshot of the first. Nobody who did not ask for several fails for want of them. */
async function furtherReaders(
  dataSource: DataSource,
  { session, findings }: Prepared,
  { jobs, signal, onQuery }: ExportOptions,
  usual: number,
): Promise<readonly PinnedSession[]> {
  const wanted = jobs ?? usual;
  if (wanted <= 1) return [];
  const snapshot = await session.exportSnapshot();
  const opened: PinnedSession[] = [];
  try {
    while (opened.length < wanted - 1) opened.push(await openReadSession(dataSource, { snapshot, signal, onQuery }));
  } catch (error) {
    if (jobs !== undefined || signal?.aborted === true || !(error instanceof PortolanError)) {
      await Promise.all(opened.map((one) => one.close()));
      throw error;
    }
    const readers = `${String(opened.length + 1)} instead of ${String(wanted)}`;
    findings.note(
      'fewer-readers',
      'jobs',
      `readers: ${readers}, as no other connection on the same snapshot could be had (${error.code})`,
    );
  }
  return opened;
}

/** The counts that an export would have: those of the closure, and of the links between its rows. */
async function dryResult(prepared: Prepared, options: ExportOptions): Promise<ExportResult> {
  const { closure } = prepared.taken;
  const order = archiveOrder(prepared.schema, closure);
  await trailerLists({ schema: prepared.schema, closure }, createRowReader(prepared.session));
  const objects = sortedRecord(new Map(order.map((model) => [model, countOf(closure, model)])));
  const links = await countLinks(createRowReader(prepared.session), prepared.schema, closure, prepared.findings);
  if (options.layout === undefined)
    await takesFiles(filesContext(prepared.schema, closure, createRowReader(prepared.session)), options, prepared.findings);
  refuseWarnings(options, prepared.findings);
  return {
    ...result(prepared, order),
    output: undefined,
    objects,
    links,
    total: sum(Object.values(objects)),
    bytes: 0,
    files: undefined,
    sha256: '',
    statistics: { ...prepared.session.statistics },
  };
}

function result(
  prepared: Prepared,
  order: readonly string[],
): Pick<ExportResult, 'status' | 'withheld' | 'findings' | 'closure'> {
  return {
    status: 'done',
    withheld: Object.keys(withheldColumns(prepared.schema, order)),
    findings: prepared.findings.all,
    closure: prepared.taken.closure,
  };
}

function statisticsOf(sessions: readonly PinnedSession[]): QueryStatistics {
  const statistics = { queries: 0, rows: 0, bytes: 0 };
  for (const { statistics: one } of sessions) {
    statistics.queries += one.queries;
    statistics.rows += one.rows;
    statistics.bytes += one.bytes;
  }
  return statistics;
}

function sortedRecord(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.freeze(Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
