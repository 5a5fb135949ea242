import { join } from 'node:path';
import { endedProcess } from '../ended-process.js';
import type { Laboratory } from '../laboratory.js';
import { childScript } from '../measured-process.js';
import { emptyOrganisation } from '../organisation-rows.js';
import type { ResultRow } from '../result-row.js';
import { best } from '../series.js';
import type { Part } from './part.js';

const program = join(import.meta.dirname, '..', '..', 'portolan', 'bin', 'exportobjects.js');
const dataSource = join(import.meta.dirname, '..', 'data-source.js');

/** Short, and so told by the best of many, which took turns. */
export const startPart: Part = {
  about: '--help against node -e 0, and the smallest export against a script that loads the data source and connects',
  at: 'one size',
  measure: async (laboratory) => {
    laboratory.log('starts …');
    const seed = `Organisation.${String(emptyOrganisation)}`;
    const smallest = ['-d', dataSource, seed, '-o', laboratory.path('smallest.json'), '--force', '--quiet'];
    return [
      await compareStarts(
        laboratory,
        { what: '--help', words: [program, '--help'] },
        { what: 'node -e 0', words: ['-e', '0'] },
        3,
      ),
      await compareStarts(
        laboratory,
        { what: 'smallest export', words: [program, ...smallest] },
        { what: 'load and connect', words: [childScript('connect')] },
        2,
      ),
    ];
  },
};

interface Start {
  readonly what: string;
  /** For Node. */
  readonly words: readonly string[];
}

async function compareStarts(laboratory: Laboratory, ours: Start, theirs: Start, target: number): Promise<ResultRow> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  const env = { PORTOLAN_BENCH_URL: laboratory.databases.url('source') };
  for (let run = 0; run < Math.max(10, laboratory.runs); run += 1) {
    times.theirs.push((await endedProcess(process.execPath, theirs.words, { env })).seconds);
    times.ours.push((await endedProcess(process.execPath, ours.words, { env })).seconds);
  }
  return {
    size: laboratory.size,
    what: `start: ${ours.what}, from the shell`,
    ours: inMilliseconds(best(times.ours)),
    comparedWith: `${theirs.what}: ${inMilliseconds(best(times.theirs))}`,
    ratio: best(times.ours) / best(times.theirs),
    target,
  };
}

function inMilliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
