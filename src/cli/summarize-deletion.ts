import type { DeletePlan, KeptObject } from '../delete/delete-plan.js';
import type { KeepReason } from '../delete/row-states.js';
import type { Finding } from '../findings/finding.js';
import { findingLines } from './summaries.js';
import { table } from './table.js';

/** Objects that are shown; the rest is counted. */
const shown = 20;

const reasons: Readonly<Record<KeepReason, string>> = {
  shared: 'they do not belong to what was asked for, which only needs them',
  survives: 'nothing that is deleted takes them along',
  changed: 'they are not as the archive has them',
  gone: 'they are not there any more',
  excluded: 'their model is excluded',
  boundary: 'they lie beyond the boundary',
  referenced: 'something that stays refers to them',
};

/** What a deletion does or did, so that its numbers and those of the export explain each other. */
export async function summarizeDeletion(
  result: {
    readonly status: 'done' | 'planned' | 'asked';
    readonly plan: DeletePlan;
    readonly archive?: string | undefined;
    readonly receipt?: string | undefined;
    readonly journal?: string | undefined;
    readonly receiptKey?: string | undefined;
    readonly findings: readonly Finding[];
  },
  verbose: boolean,
): Promise<string> {
  const { plan, receiptKey } = result;
  const models = [...new Set([plan.delete, plan.nullify, plan.keep].flatMap((counts) => Object.keys(counts)))].sort();
  const rows = models.map((model) => [model, plan.delete[model] ?? '', plan.nullify[model] ?? '', plan.keep[model] ?? '']);
  for (const [name, count] of Object.entries(plan.links)) rows.push([`${name} (links)`, count, '', '']);
  const parts = [await table(['model', 'delete', 'nullify', 'keep'], rows)];
  for (const [name, count] of Object.entries(plan.nullified)) parts.push(`${name} becomes NULL in ${rowCount(count)}`);
  for (const [reason, text] of Object.entries(reasons) as [KeepReason, string][]) {
    const count = Object.values(plan.reasons[reason] ?? {}).reduce((sum, one) => sum + one, 0);
    if (count > 0) parts.push(`not deleted: ${String(count)}: ${text}`);
  }
  const told = plan.kept.filter(({ reason }) => reason !== 'survives');
  parts.push(...told.slice(0, shown).map(keptLine));
  if (told.length > shown) parts.push(`… and more (--plan FILE lists all)`);
  parts.push(...findingLines(result.findings, verbose));
  if (receiptKey !== undefined)
    parts.push(`key of the receipt's hashes, which proves nothing without it; keep it apart: ${receiptKey}`);
  parts.push(`${closing[result.status]}${result.status === 'done' ? whatIsLeft(result) : ''}`);
  return parts.join('\n');
}

/** Where what is left of the objects lies. */
function whatIsLeft(files: { readonly [what in 'archive' | 'receipt' | 'journal']?: string | undefined }): string {
  const left = (['archive', 'receipt', 'journal'] as const).flatMap((what) =>
    files[what] === undefined ? [] : [`${what} ${files[what]}`],
  );
  return left.length === 0 ? '' : `; ${left.join(', ')}`;
}

function rowCount(count: number): string {
  return count === 1 ? '1 row' : `${String(count)} rows`;
}

const closing = {
  done: 'done: committed',
  planned: 'dry run: everything was tried, and rolled back',
  asked: '',
} as const;

function keptLine({ object, reason, columns, by, reference, path }: KeptObject): string {
  const why = by === undefined ? (columns === undefined ? '' : `: ${columns.join(', ')}`) : ` by ${by} (${reference ?? ''})`;
  const way = path === undefined ? '' : `\n  → ${path.join(' → ')}`;
  return `not deleted: ${object}: ${reason}${why}${way}`;
}
