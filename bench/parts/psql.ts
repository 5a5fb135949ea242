import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { endedProcess } from '../ended-process.js';
import { organisation } from '../organisation-rows.js';
import { copyAsLines, organisationSelects } from '../organisation-selects.js';
import { inSeconds, skippedRow } from '../result-row.js';
import type { Part } from './part.js';

/** Whether psql would have been a stricter thing to compare with than our own client. */
export const psqlPart: Part = {
  about: 'for information: the export against psql, where it is installed, with the same COPY into a file',
  at: 'every size',
  measure: async (laboratory) => {
    const { size } = laboratory;
    const { stdout } = spawnSync('psql', ['--version'], { encoding: 'utf8' });
    if (typeof stdout !== 'string' || stdout === '') return [skippedRow(size, 'time: export and psql', 'no psql here')];
    const exports = await laboratory.exports();
    laboratory.log('psql …');
    const statements = organisationSelects(organisation).flatMap(([, select]) => ['-c', copyAsLines(select)]);
    const times: number[] = [];
    for (let run = 0; run < laboratory.runs; run += 1) {
      const output = openSync(laboratory.path('psql.jsonl'), 'w');
      const words = ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '-d', laboratory.databases.url('source'), ...statements];
      times.push((await endedProcess('psql', words, { output })).seconds);
      closeSync(output);
    }
    const [ours, psql] = [laboratory.seconds(exports.ours), laboratory.statistic(times)];
    const reference = laboratory.seconds(exports.theirs);
    return [
      {
        size,
        what: `time: export and ${stdout.trim().replace(/ \(Debian.*/u, '')}`,
        ours: inSeconds(ours),
        comparedWith: `psql: ${inSeconds(psql)} (our plain COPY: ${inSeconds(reference)})`,
        ratio: ours / psql,
        target: undefined,
      },
    ];
  },
};
