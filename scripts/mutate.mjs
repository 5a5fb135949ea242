import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startServer } from '../dist/demo-app/server/embedded-server.js';

// Mutants run in copies of the project: the samples must lie beside these as they lie beside the project.
const { tempDirName } = JSON.parse(readFileSync('stryker.config.json', 'utf8'));
const samples = resolve('..', 'shared');
mkdirSync(tempDirName, { recursive: true });
if (existsSync(samples) && !existsSync(join(tempDirName, 'shared'))) symlinkSync(samples, join(tempDirName, 'shared'));

// One server for all mutants: each would start its own else.
const server = await startServer({
  settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'],
});
const { status } = spawnSync('npx', ['stryker', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PORTOLAN_RUNS: process.env.PORTOLAN_RUNS ?? '20', PORTOLAN_TEST_URL: server.url('postgres') },
});
await server.stop();
process.exitCode = status ?? 1;
