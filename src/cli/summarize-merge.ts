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
  return [await countsTable(result.objects, result.links), ...gatheredLines(result), written, ...findings].join('\n');
}

/** What became of objects of different databases. */
function gatheredLines({ plan: { same, merge, remap } }: MergeResult): readonly string[] {
  return [
    linesAbout(merge, 'are objects of an earlier archive by their natural key'),
    linesAbout(same, 'are in an earlier archive as they are'),
    linesAbout(remap, 'got other keys'),
  ].flat();
}

function linesAbout(counts: MergeResult['objects'], what: string): readonly string[] {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const models = Object.entries(counts).map(([model, count]) => `${model} ${String(count)}`);
  return all === 0 ? [] : [`${String(all)} ${what}: ${models.join(', ')}`];
}

/** Why nothing was written: what even --quiet says, as it does every error. */
export function summarizeConflicts({ conflicts }: MergeResult): string {
  const more = conflicts.length - shown;
  return [
    ...conflicts.slice(0, shown).map(linesOf),
    ...(more > 0 ? [`… and ${String(more)} more conflicts (--json lists them)`] : []),
    'refused: nothing was written. Versions of one object from different days: export all of one state. Archives of different',
    'databases: --sources other, and a policy that says by which naturalKey an object is another (merge: keep, take, fill).',
  ].join('\n');
}

function linesOf(conflict: MergeConflict): string {
  const {
    archives: [one, other],
    versions,
  } = conflict;
  const values = (versions ?? []).map(
    (version, at) =>
      `  ${at === 0 ? one : other}: ${Object.entries(version)
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(', ')}`,
  );
  return [`conflict: ${whatStandsInTheWay(conflict)}`, ...values].join('\n');
}

function whatStandsInTheWay({ object, other = object, reason, columns, archives: [one, two] }: MergeConflict): string {
  switch (reason) {
    case 'differs':
      return `${object}: ${columns.join(', ')}: not the same in ${one} and ${two}`;
    case 'namesakes':
      return `${object} and ${other} of ${one}: the same ${columns.join(', ')}, by which an object of another archive should be found`;
    case 'unique':
      return `${object} of ${one} and ${other} of ${two}: the same ${columns.join(', ')}, which no two may have`;
    case 'stayed-at-home':
      return `${other} stayed at home when ${two} was written, and ${one} has another object of that key`;
  }
}
