import type { ClaimResult } from '../claim/claim-options.js';
import { findingLines } from './summaries.js';
import { table } from './table.js';

export async function summarizeClaim(result: ClaimResult, verbose: boolean): Promise<string> {
  const { placeholder, object, moved, linksInCommon, status } = result;
  const rows = [
    ...Object.entries(moved).map(([reference, count]) => [reference, count, '']),
    ...Object.entries(linksInCommon).map(([name, count]) => [name, '', count]),
  ];
  const parts =
    rows.length === 0 ? [`nothing refers to ${placeholder}`] : [await table(['reference', 'moved', 'in common'], rows)];
  parts.push(...findingLines(result.findings, verbose));
  const text = `${placeholder} is ${object}`;
  parts.push(status === 'done' ? `done: ${text}; committed` : `dry run: ${text}; everything was tried, and rolled back`);
  return parts.join('\n');
}
