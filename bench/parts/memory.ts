import type { Laboratory } from '../laboratory.js';
import type { ResultRow } from '../result-row.js';
import { megabytes } from '../run-table.js';
import type { Series } from '../series.js';
import type { Part } from './part.js';

const allowed = 200;
const bytesPerKey = 32;

export const memoryPart: Part = {
  about: 'peak memory (RSS) of export, import and dry run, against 200 MB',
  at: 'every size',
  measure: (laboratory) => memory(laboratory),
};

export async function memory(laboratory: Laboratory): Promise<readonly ResultRow[]> {
  const exports = await laboratory.exports();
  const listed = exports.ours[0]?.listed ?? 0;
  const all = [exports, await laboratory.imports(), await laboratory.dryRuns('same'), await laboratory.dryRuns('taken')];
  return all.map((series) => row(series, laboratory.keys === 'integer' ? 0 : listed));
}

/** Integer keys are allowed nothing: their sets are to be bitmaps and described sets. */
function row({ size, what, ours }: Series, listed: number): ResultRow {
  const limit = allowed + (listed * bytesPerKey) / 1e6;
  const peak = megabytes(ours);
  const keys = listed === 0 ? '' : ` + ${String(bytesPerKey)} B × ${listed.toLocaleString('en')} listed UUIDs`;
  return {
    size,
    what: `memory: ${what}`,
    ours: `${peak.toFixed(0)} MB`,
    comparedWith: `${String(allowed)} MB${keys}`,
    ratio: peak / limit,
    target: 1,
  };
}
