import type { ArchiveWriter } from '../archive/archive-writer.js';
import type { ArchiveFiles } from '../archive/archive.js';
import { outputLayout } from '../archive/output-layout.js';
import { UsageError } from '../errors/portolan-error.js';
import type { NamedFile } from '../files/named-file.js';
import type { Findings } from '../findings/finding.js';
import type { ExportOptions } from './export-options.js';
import type { FilesContext } from './files-context.js';
import { leavingColumn } from './files-context.js';
import { columnsOfFiles, modelsWithFiles, namedFiles } from './named-files.js';

/** Whether rows that leave name files, and these are to leave with them. Decided before a byte is written. */
export async function takesFiles(context: FilesContext, options: ExportOptions, findings: Findings): Promise<boolean> {
  const { files, filesOf, noFiles, output } = options;
  const models = modelsWithFiles(context.schema).filter(({ model }) => context.count(model) > 0);
  const isNone = models.length === 0 && filesOf === undefined;
  if (isNone && files !== undefined && noFiles !== true) {
    findings.warn('no-files-named', 'files', 'neither the policy nor a profile says which rows name files: none leave');
  }
  if (noFiles === true || isNone) return false;
  if (files === undefined) {
    for (const { model } of models)
      findings.warn('files-stay', model, 'its rows name files, which stay at home: --files says where they are');
    if (filesOf !== undefined && (await namesAny(filesOf(context))))
      findings.warn('files-stay', 'files', 'rows name files, which stay at home: --files says where they are');
    return false;
  }
  for (const entity of models) for (const name of columnsOfFiles(entity)) leavingColumn(entity, name);
  if (options.dryRun === true) return true;
  const { layout } = await outputLayout(output ?? '-');
  if (layout === 'folder' || layout === 'tar') return true;
  throw new UsageError(
    'FILES_NEED_PARTS',
    `${typeof output === 'string' ? output : 'the output'} is one file: it cannot hold the files that rows name`,
    {
      hint: 'Name a folder (out/) or a tar file (out.tar, out.tar.gz), or leave the files out (--no-files).',
    },
  );
}

async function namesAny(files: AsyncIterable<NamedFile>): Promise<boolean> {
  for await (const file of files) if (file.optional !== true) return true;
  return false;
}

/** Copies the files into the archive, behind its rows, and tells of each which object names it. */
export async function takeFiles(
  writer: ArchiveWriter,
  context: FilesContext,
  options: ExportOptions,
  findings: Findings,
): Promise<ArchiveFiles> {
  const sink = await writer.openFiles?.();
  const { files: source, filesOf, signal } = options;
  if (sink === undefined || source === undefined) throw new TypeError('an archive without a place for files');
  const { copyFiles } = await import('../files/copy-files.js');
  let [count, bytes] = [0, 0];
  for await (const copied of copyFiles(namedFiles(context, filesOf), { source, sink, findings, signal })) {
    const { object, name, sha256 } = copied;
    await writer.record?.({ model: object.model, pk: object.pk, name, bytes: copied.bytes, sha256 });
    count += 1;
    bytes += copied.bytes;
  }
  return { count, bytes };
}
