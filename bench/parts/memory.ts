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

/** Of an export whose listed keys may take a quarter of what is allowed for them, and go to a file beyond that: nothing more is allowed then. */
export async function memoryWithin(laboratory: Laboratory): Promise<ResultRow> {
  const exports = await laboratory.exports();
  const maxMemory = Math.round(((exports.ours[0]?.listed ?? 0) * bytesPerKey) / 4);
  const run = await laboratory.exportWithin(maxMemory);
  return row({ ...exports, what: `export --max-memory ${(maxMemory / 1e6).toFixed(2)}MB`, ours: [run] }, 0);
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
