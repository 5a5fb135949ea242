import type { UndoConflict, UndoResult } from '../undo/undo-options.js';
import { findingLines } from './summaries.js';
import { table } from './table.js';

/** Conflicts that are shown; the rest is counted. */
const shown = 20;

export async function summarizeUndo(result: UndoResult, verbose: boolean): Promise<string> {
  const { plan, conflicts, conflictCount, status } = result;
  const models = [...new Set(Object.values(plan).flatMap((counts) => Object.keys(counts)))].sort();
  const rows = models.map((model) => [model, plan.delete[model] ?? '', plan.update[model] ?? '', plan.insert[model] ?? '']);
  const parts = [await table(['model', 'delete', 'update', 'insert'], rows), ...conflicts.slice(0, shown).map(conflictLine)];
  if (conflictCount > shown) parts.push(`… and ${String(conflictCount - shown)} more conflicts (--json lists them)`);
  parts.push(...findingLines(result.findings, verbose), closing[status]);
  return parts.join('\n');
}

const closing = {
  done: 'done: taken back and committed',
  planned: 'dry run: everything was tried, and rolled back',
  refused: 'refused: nothing was taken back',
} as const;

function conflictLine({ object, reason, by, reference }: UndoConflict): string {
  switch (reason) {
    case 'changed':
      return `conflict: ${object} was changed since`;
    case 'gone':
      return `conflict: ${object} is not there any more`;
    case 'exists':
      return `conflict: ${object} is there again`;
    case 'referenced':
      return `conflict: ${object} is referred to by ${by ?? 'a row'} (${reference ?? ''}), which is no part of it`;
  }
}
