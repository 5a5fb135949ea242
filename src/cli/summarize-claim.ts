import type { ClaimResult } from '../claim/claim-options.js';
import { findingLines } from './summaries.js';
import { table } from './table.js';

export async function summarizeClaim(result: ClaimResult, verbose: boolean): Promise<string> {
  const { placeholder, object, moved, stayed, linksInCommon, status } = result;
  const rows = [
    ...[...new Set([...Object.keys(moved), ...Object.keys(stayed)])].map((reference) => [
      ...[reference, moved[reference] ?? '', ''],
      stayed[reference] ?? '',
    ]),
    ...Object.entries(linksInCommon).map(([name, count]) => [name, '', count, '']),
  ];
  const parts =
    rows.length === 0 ? [`nothing refers to ${placeholder}`] : [await table(['reference', 'moved', 'in common', 'stayed'], rows)];
  parts.push(...findingLines(result.findings, verbose));
  const text = `${placeholder} is ${object}`;
  parts.push(status === 'done' ? `done: ${text}; committed` : `dry run: ${text}; everything was tried, and rolled back`);
  return parts.join('\n');
}
