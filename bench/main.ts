import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../demo-app/server/embedded-server.js';
import type { BenchOptions } from './bench-options.js';
import { benchOptions, help } from './bench-options.js';
import { environment } from './environment.js';
import { Laboratory } from './laboratory.js';
import { profile } from './profile.js';
import type { ResultRow } from './result-row.js';
import { holds, resultHead, resultLine } from './result-row.js';
import { runTable } from './run-table.js';
import type { Series } from './series.js';
import { median } from './series.js';

const settings = ['shared_buffers=512MB', 'max_wal_size=8GB', 'autovacuum=off'];
const million = 1_000_000;

const options = benchOptions(process.argv.slice(2));
if (options === undefined) print(help());
else await bench(options);

async function bench({ sizes, parts, runs, check, profile: isProfiled }: BenchOptions): Promise<void> {
  const given = process.env['PORTOLAN_URL'];
  const server = given === undefined ? await startServer({ settings }) : undefined;
  const serverUrl = given ?? server?.url('postgres') ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  const rows: ResultRow[] = [];
  const tell = (more: readonly ResultRow[]): void => {
    for (const row of more) print(resultLine(row));
    rows.push(...more);
  };
  try {
    for (const line of await environment(serverUrl)) print(`${line}  `);
    print(
      `Runs: ${String(runs)} of each, in turns; times of whole processes, medians (and of the ratios of runs that took turns, the smallest and the greatest)\n\n${resultHead}`,
    );
    const laboratories = sizes.map(
      (size) =>
        new Laboratory({ serverUrl, folder, size, runs, statistic: median, log: (text) => process.stderr.write(`${text}\n`) }),
    );
    const small = sizes.filter((size) => size <= million);
    const oneSize = small.length > 0 ? Math.max(...small) : Math.min(...sizes);
    const profiles: string[] = [];
    for (const laboratory of laboratories) {
      const { size, databases } = laboratory;
      try {
        await laboratory.prepare();
        for (const part of parts) {
          if (part.at === 'every size' || size === oneSize) tell(await part.measure(laboratory));
        }
        if (isProfiled && size === oneSize) profiles.push(await profile(laboratory));
      } finally {
        await databases.drop();
      }
    }
    for (const part of parts) tell((await part.conclude?.(laboratories)) ?? []);
    const all: Series[] = [];
    for (const laboratory of laboratories) all.push(...(await laboratory.series()));
    if (all.length > 0) print(`\n${runTable(all)}`);
    for (const text of profiles) print(`\n${text}`);
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (check !== undefined && !rows.every((row) => holds(row, check))) {
    process.stderr.write(
      `not within ${String(check)} times its target:\n${rows
        .filter((row) => !holds(row, check))
        .map(resultLine)
        .join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
