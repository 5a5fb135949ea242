import type { RootHookObject } from 'mocha';
import type { EmbeddedServer } from '../../demo-app/server/embedded-server.js';
import { startServer } from '../../demo-app/server/embedded-server.js';

let server: EmbeddedServer | undefined;

/** One server for the whole run: the one that PORTOLAN_URL names, else our own. */
export const mochaHooks: RootHookObject = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(60_000);
    const given = process.env['PORTOLAN_URL'];
    if (given === undefined) server = await startServer({ settings: ['fsync=off', 'full_page_writes=off', 'max_connections=200'] });
    process.env['PORTOLAN_TEST_URL'] = given ?? server?.url('postgres') ?? '';
  },
  async afterAll() {
    await server?.stop();
  },
};
