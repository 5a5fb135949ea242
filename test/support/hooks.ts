import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { EmbeddedServer } from '../../demo-app/server/embedded-server.js';
import { startServer } from '../../demo-app/server/embedded-server.js';
import { dropDatabases } from './database.js';
import { usualSeed } from './usual-seed.js';

// In every process that runs tests: a seed that nobody has tried must not decide whether an ordinary run is green.
fc.configureGlobal({ seed: usualSeed() });

const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

let server: EmbeddedServer | undefined;

/** One server for the whole run, however many processes have a part in it: the one that PORTOLAN_URL (or an earlier run in this process) names, else our own. */
export async function mochaGlobalSetup(): Promise<void> {
  const given = process.env['PORTOLAN_URL'] ?? process.env['PORTOLAN_TEST_URL'];
  // Programs that a test starts must open what the test says.
  delete process.env['PORTOLAN_URL'];
  if (given === undefined) server = await startServer({ settings, inMemory: true });
  process.env['PORTOLAN_TEST_RUN'] ??= randomBytes(4).toString('hex');
  process.env['PORTOLAN_TEST_URL'] = given ?? server?.url('postgres') ?? '';
}

/** A server that is not ours stays as it was. */
export async function mochaGlobalTeardown(): Promise<void> {
  if (server === undefined) await dropDatabases();
  else await server.stop();
}
