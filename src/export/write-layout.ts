import { countedTree } from '../archive/tree/counted-tree.js';
import { limitedTree } from '../archive/tree/limited-tree.js';
import { openTree } from '../archive/tree/open-tree.js';
import { UsageError } from '../errors/portolan-error.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { refuseRewritten } from '../dialect/postgres/refuse-rewritten.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { approvalsOf } from '../policy/approval.js';
import { allowanceOf } from './allowance-of.js';
import { brokenConstraintAbove } from './broken-constraint.js';
import { UnresolvedReference } from './closed-proof.js';
import { archiveHeader } from './archive-parts.js';
import type { ExportOptions, ExportResult } from './export-options.js';
import type { ExportSizes } from './export-sizes.js';
import type { Layout } from './layout.js';
import { LayoutRows } from './layout-rows.js';
import type { Prepared } from './prepare.js';
import type { RowsProgress } from './rows-progress.js';
import type { TrailerLists } from './trailer-lists.js';

export interface LayoutOutput {
  readonly layout: Layout;
  readonly prepared: Prepared;
  readonly options: ExportOptions;
  /** All on one snapshot; the first is the export's own. */
  readonly sessions: readonly PinnedSession[];
  readonly order: readonly string[];
  readonly lists: TrailerLists;
  readonly sizes: ExportSizes;
  readonly progress: RowsProgress | undefined;
}

/** Has a layout write what was decided; nothing is left behind where it fails. */
export async function writeLayout(given: LayoutOutput): Promise<Pick<ExportResult, 'bytes' | 'sha256' | 'objects' | 'links'>> {
  const { layout, prepared, options, sessions, order, lists, sizes, progress } = given;
  const { schema, taken, seeds, findings, session } = prepared;
  const readers = sessions.map((one) => createRowReader(one, sizes.batches));
  const rows = new LayoutRows({ schema, closure: taken.closure, readers, progress, signal: options.signal });
  const tree = await openTree(pathOf(options), options.force ?? false);
  const output = countedTree(limitedTree(tree, allowanceOf(approvalsOf(prepared.policy))), (bytes) => progress?.bytes(bytes));
  try {
    await layout.write({
      schema,
      seeds: seeds.byModel,
      rows,
      output,
      files: options.noFiles === true ? undefined : options.files,
      noFiles: options.noFiles ?? false,
      header: archiveHeader(prepared, order, options),
      trailer: lists,
      findings,
      session,
      signal: options.signal,
    });
    rows.checkComplete();
    refuseWarnings(options, findings);
    for (const one of sessions) await refuseRewritten(one);
    const links = rows.read(schema.links.map(({ name }) => name));
    return { ...(await output.finish()), objects: rows.read(order), links };
  } catch (error) {
    await output.abort();
    if (!(error instanceof UnresolvedReference)) throw error;
    throw (await brokenConstraintAbove(createRowReader(session), schema, error)) ?? error;
  }
}

/** A stream holds one document. */
export function pathOf({ output }: Pick<ExportOptions, 'output'>): string {
  if (typeof output === 'string') return output;
  throw new UsageError('OUTPUT_LAYOUT', 'a tree of files needs a path', { hint: 'Name a folder, or a .tar or .tar.gz file.' });
}
