import { spawnSync } from 'node:child_process';
import { startServer } from '../dist/demo-app/server/embedded-server.js';

// One server for all mutants: each would start its own else.
const server = await startServer({
  settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'],
});
const { status } = spawnSync('npx', ['stryker', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PORTOLAN_TEST_URL: server.url('postgres') },
});
await server.stop();
process.exitCode = status ?? 1;
