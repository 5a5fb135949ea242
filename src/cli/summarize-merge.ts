import type { MergeConflict, MergeResult } from '../compare/merge-options.js';
import { countsTable, findingLines } from './summaries.js';

/** Conflicts that are shown; the rest is counted. */
const shown = 20;

export async function summarizeMerge(result: MergeResult, verbose: boolean): Promise<string> {
  const findings = findingLines(result.findings, verbose);
  if (result.status === 'refused') return [...findings, summarizeConflicts(result)].join('\n');
  const { output = '-', total, bytes, sha256 } = result;
  const place = output === '-' ? 'standard output' : output;
  const written = `${String(total)} objects in ${place} (${String(bytes)} bytes, sha256 of the file ${sha256})`;
  return [await countsTable(result.objects, result.links), written, ...findings].join('\n');
}

/** Why nothing was written: what even --quiet says, as it does every error. */
export function summarizeConflicts({ conflicts }: MergeResult): string {
  const more = conflicts.length - shown;
  return [
    ...conflicts.slice(0, shown).map(linesOf),
    ...(more > 0 ? [`… and ${String(more)} more conflicts (--json lists them)`] : []),
    'refused: nothing was written. Versions of one object from different days: export all of one state. Objects of different',
    'databases under one key: import the archives one after the other, which has a strategy for each conflict.',
  ].join('\n');
}

function linesOf({ object, columns, archives: [one, other], versions }: MergeConflict): string {
  const values = (versions ?? []).map(
    (version, at) =>
      `  ${at === 0 ? one : other}: ${Object.entries(version)
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(', ')}`,
  );
  return [`conflict: ${object}: ${columns.join(', ')}: not the same in ${one} and ${other}`, ...values].join('\n');
}
