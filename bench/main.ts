import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../demo-app/server/embedded-server.js';
import { BenchDatabases } from './bench-databases.js';
import { machine, tableHead, tableRows } from './markdown-table.js';
import type { ChildName, Measurement } from './measured-process.js';
import { measuredProcess } from './measured-process.js';
import { topEntries } from './top-entries.js';

const help = `Measures the export and import of one organisation against plain COPY of the same rows, and prints a Markdown table.

  npm run bench -- [--sizes 10k,100k,1M] [--parts export,import] [--runs 3] [--profile]

--profile adds a run under node --cpu-prof and prints where the processor's time went.
PORTOLAN_URL names a server to use; without it the benchmark brings its own.
`;

const settings = ['shared_buffers=512MB', 'max_wal_size=8GB', 'autovacuum=off'];

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10k,100k,1M' },
    parts: { type: 'string', default: 'export,import' },
    runs: { type: 'string', default: '3' },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else await bench(values.sizes.split(',').map(parseSize), values.parts.split(','), Number(values.runs));

async function bench(sizes: readonly number[], parts: readonly string[], runs: number): Promise<void> {
  const given = process.env['PORTOLAN_URL'];
  const server = given === undefined ? await startServer({ settings }) : undefined;
  const url = given ?? server?.url('postgres') ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  const databases = new BenchDatabases(url);
  try {
    const version = await databases.serverVersion();
    const shown = given === undefined ? settings.join(', ') : 'as it is';
    process.stdout.write(`${machine()}; PostgreSQL ${version} (${shown}); ${String(runs)} runs\n\n${tableHead}\n`);
    for (const size of sizes) {
      process.stderr.write(`generating ${size.toLocaleString('en')} objects …\n`);
      await databases.prepare(size, folder);
      for (const part of ['export', 'import'] as const) {
        if (parts.includes(part)) process.stdout.write(`${tableRows(await compare(part, size, runs, databases, folder))}\n`);
        if (parts.includes(part) && values.profile) await profile(part, databases, folder);
      }
    }
  } finally {
    await databases.drop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes turns with plain COPY, so that both meet the same weather. */
async function compare(part: 'export' | 'import', size: number, runs: number, databases: BenchDatabases, folder: string) {
  const archive = join(folder, 'organisation.json');
  if (part === 'import') await measuredProcess('export', databases.url('source'), archive);
  const ours: Measurement[] = [];
  const plain: Measurement[] = [];
  const measure = async (child: ChildName, path: string): Promise<Measurement> => {
    if (part === 'export') return measuredProcess(child, databases.url('source'), path);
    await databases.emptyTarget();
    return measuredProcess(child, databases.url('target'), path);
  };
  for (let run = 0; run < runs; run += 1) {
    process.stderr.write(`${part}, run ${String(run + 1)} …\n`);
    plain.push(part === 'export' ? await measure('copy-out', join(folder, 'plain.jsonl')) : await measure('copy-in', folder));
    ours.push(await measure(part, archive));
  }
  for (const { objects, links } of ours) {
    if (objects !== plain[0]?.objects || links !== plain[0].links)
      throw new Error(`${part}: ${String(objects)} objects and ${String(links)} links, not those of plain COPY`);
  }
  return { size, part, ours, plain };
}

async function profile(part: 'export' | 'import', databases: BenchDatabases, folder: string): Promise<void> {
  const profiles = join(folder, `profiles-${part}`);
  mkdirSync(profiles, { recursive: true });
  if (part === 'import') await databases.emptyTarget();
  const url = databases.url(part === 'export' ? 'source' : 'target');
  await measuredProcess(part, url, join(folder, 'organisation.json'), ['--cpu-prof', '--cpu-prof-dir', profiles]);
  process.stderr.write(`${part}: self time by function\n${topEntries(profiles, 25).join('\n')}\n`);
  rmSync(profiles, { recursive: true });
}

/** `10k`, `1M`, `250000`. */
function parseSize(text: string): number {
  const match = /^(\d+)([kM]?)$/u.exec(text.trim());
  if (match === null) throw new RangeError(`not a size: ${text}`);
  return Number(match[1]) * (match[2] === 'k' ? 1000 : match[2] === 'M' ? 1_000_000 : 1);
}
