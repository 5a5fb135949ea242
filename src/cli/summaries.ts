import { isStandardOutput } from '../archive/output-place.js';
import type { ExportResult } from '../export/export-options.js';
import type { Finding } from '../findings/finding.js';
import type { ImportResult } from '../import/import-options.js';
import { decisions } from '../import/import-options.js';
import { excludedReason } from '../export/tell-what-stays.js';
import { conflictLines } from './conflict-lines.js';
import { table } from './table.js';

/** Findings that are shown; the rest is counted. */
const shown = 20;

export async function summarizeExport(result: ExportResult, verbose: boolean): Promise<string> {
  const parts = [await countsTable(result.objects, result.links)];
  parts.push(result.output === undefined ? `${String(result.total)} objects would leave; nothing was written` : written(result));
  if (result.files !== undefined)
    parts.push(`files beside the rows: ${String(result.files.count)} (${String(result.files.bytes)} bytes)`);
  if (result.withheld.length > 0) parts.push(`withheld (--include-secret lets a secret leave): ${result.withheld.join(', ')}`);
  parts.push(...findingLines(result.findings, verbose));
  return parts.join('\n');
}

function written({ total, output, bytes, sha256 }: ExportResult): string {
  return `${String(total)} objects in ${output === undefined || isStandardOutput(output) ? 'standard output' : output} (${String(bytes)} bytes, sha256 of the file ${sha256})`;
}

export async function summarizeImport(result: ImportResult, verbose: boolean): Promise<string> {
  const used = decisions.filter((decision) => Object.keys(result.plan[decision]).length > 0);
  const models = [...new Set(used.flatMap((decision) => Object.keys(result.plan[decision])))].sort();
  const rows = models.map((model) => [model, ...used.map((decision) => result.plan[decision][model] ?? '')]);
  const links = [...new Set([...Object.keys(result.links.insert), ...Object.keys(result.links.same)])].sort();
  for (const name of links) {
    rows.push([
      `${name} (links)`,
      ...used.map((decision) =>
        decision === 'insert' ? (result.links.insert[name] ?? '') : decision === 'same' ? (result.links.same[name] ?? '') : '',
      ),
    ]);
  }
  const parts = [await table(['model', ...used], rows), ...conflictLines(result.conflicts)];
  if (result.files !== undefined) {
    const told = Object.entries(result.files).filter(([, count]) => count > 0);
    parts.push(`files: ${told.map(([decision, count]) => `${String(count)} ${decision}`).join(', ')}`);
  }
  parts.push(...findingLines(result.findings, verbose));
  parts.push(closing(result));
  return parts.join('\n');
}

/** Why nothing was written: what even --quiet says, as it does every error. */
export function summarizeRefusal(result: ImportResult): string {
  return [...conflictLines(result.conflicts), closing(result)].join('\n');
}

function closing({ status }: ImportResult): string {
  switch (status) {
    case 'done':
      return 'done: committed and verified';
    case 'planned':
      return 'dry run: everything was tried, and rolled back';
    case 'refused':
      return 'refused: nothing was written';
  }
}

export async function countsTable(
  objects: Readonly<Record<string, number>>,
  links: Readonly<Record<string, number>>,
): Promise<string> {
  const rows = [...Object.entries(objects), ...Object.entries(links).map(([name, count]) => [`${name} (links)`, count] as const)];
  return table(['model', 'objects'], rows);
}

/** So many excluded models are named; of a profile there are dozens, which nobody reads. */
const namedExcluded = 3;

/** Notes of what did not go where it could have gone, of what rows got that is in no archive, and of an archive that somebody edited or a converter changed. */
const worthTelling: ReadonlySet<string> = new Set([
  'left-out',
  'files-left',
  'record-kept',
  'external',
  'cut',
  'skipped',
  'random-value',
  'edited-archive',
  'placeholder',
  'emptied',
  'converted',
  'dropped-column',
  'dropped-model',
]);

/** Warnings, and what stayed out or was made up; under `--verbose` all notes. */
export function findingLines(findings: readonly Finding[], verbose: boolean): readonly string[] {
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const notes = findings.filter(({ severity, kind }) => severity === 'note' && (worthTelling.has(kind) || verbose));
  const excluded = notes.filter(({ reason }) => reason === excludedReason);
  const isFolded = !verbose && excluded.length > namedExcluded;
  const line = ({ severity, on, reason }: Finding): string => `${severity}: ${on}: ${reason}`;
  const folded = `note: ${String(excluded.length)} models are excluded: their rows stay at home (--verbose names them)`;
  // No number of notes may take a warning's place.
  const all = [
    ...warnings.map(line),
    ...(isFolded ? [folded] : []),
    ...notes.filter((one) => !isFolded || !excluded.includes(one)).map(line),
  ];
  const lines = all.slice(0, verbose ? undefined : shown);
  const more = all.length - lines.length;
  return more > 0 ? [...lines, `… and ${String(more)} more (--findings FILE lists them)`] : lines;
}
