import type { UndoConflict, UndoResult } from '../undo/undo-options.js';
import { findingLines } from './summaries.js';
import { table } from './table.js';

/** Conflicts that are shown; the rest is counted. */
const shown = 20;

export async function summarizeUndo(result: UndoResult, verbose: boolean): Promise<string> {
  const { plan, conflicts, conflictCount, status } = result;
  const models = [...new Set(Object.values(plan).flatMap((counts) => Object.keys(counts)))].sort();
  const decisions = ['delete', 'update', 'insert', 'conflict'] as const;
  const rows = models.map((model) => [model, ...decisions.map((decision) => plan[decision][model] ?? '')]);
  const parts = [await table(['model', ...decisions], rows), ...conflicts.slice(0, shown).map(conflictLine)];
  if (conflictCount > shown) parts.push(`… and ${String(conflictCount - shown)} more conflicts (--plan FILE lists all)`);
  parts.push(...findingLines(result.findings, verbose), closing[status]);
  return parts.join('\n');
}

const closing = {
  done: 'done: taken back and committed',
  planned: 'dry run: everything was tried, and rolled back',
  refused: 'refused: nothing was taken back',
} as const;

function conflictLine({ object, reason, columns, by, reference, constraint, inTheWay }: UndoConflict): string {
  const where = columns === undefined ? '' : `: ${columns.join(', ')}`;
  switch (reason) {
    case 'changed':
      return `conflict: ${object} was changed since${where}`;
    case 'gone':
      return `conflict: ${object} is not there any more`;
    case 'exists':
      return `conflict: ${object} is there again${columns === undefined ? '' : `, and differs in ${columns.join(', ')}`}`;
    case 'unique':
      return `conflict: ${object} cannot come back: ${inTheWay ?? 'a row'} has its unique values by now (${constraint ?? ''}${where})`;
    case 'referenced':
      return `conflict: ${object} is referred to by ${by ?? 'a row'} (${reference ?? ''}), which is no part of it`;
  }
}
