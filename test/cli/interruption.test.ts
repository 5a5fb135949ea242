import { expect } from 'chai';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Library } from './library.js';
import { openLibrary } from './library.js';

/** Signals come at moments between the start of Node and well after the end of the work, in milliseconds. */
const moments = [50, 250, 400, 500, 600, 700, 800, 1000] as const;
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGKILL: null } as const;

describe('an interrupted command', function () {
  this.timeout(300_000);
  let library: Library;
  before(async () => {
    library = await openLibrary();
    const { code, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '--follow', 'connected', '-o', 'whole.json']);
    expect(code, stderr).to.equal(0);
  });
  after(async () => {
    await library.close();
  });

  for (const killSignal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`leaves no file that looks finished: export, ${killSignal}`, async () => {
      for (const moment of moments) {
        const words = ['demoapp.Book.4', '--follow', 'connected', '-o', 'out.json'];
        const signal = AbortSignal.timeout(moment);
        const { code } = await library.run('exportobjects', words, { signal, killSignal });
        const files = readdirSync(library.folder).filter((file) => file !== 'whole.json');
        if (files.includes('out.json')) {
          const verified = await library.run('portolan', ['verify', 'out.json']);
          expect(verified.code, verified.stderr).to.equal(0);
        } else expect(code, `${String(moment)} ms`).to.not.equal(0);
        if (killSignal !== 'SIGKILL') expect(files.filter((file) => file !== 'out.json')).to.deep.equal([]);
        expect([0, null, exitCodes[killSignal]]).to.include(code);
        for (const file of files) rmSync(join(library.folder, file));
      }
      await expectNoSession(library);
    });

    it(`writes all rows or none: import, ${killSignal}`, async () => {
      for (const moment of moments) {
        const options = { signal: AbortSignal.timeout(moment), killSignal, env: { PORTOLAN_URL: library.empty.url } };
        const { code } = await library.run('importobjects', ['whole.json'], options);
        await expectNoSession(library);
        const books = await library.empty.query('SELECT count(*)::int AS count FROM demoapp_book');
        if (code === 0) expect(books[0]?.['count']).to.be.greaterThan(0);
        else if (books[0]?.['count'] !== 0) {
          // The signal came after the commit: then every row is there.
          const again = await library.run('importobjects', ['whole.json', '--dry-run', '--json'], { env: options.env });
          expect((JSON.parse(again.stdout) as { plan: { insert: unknown } }).plan.insert).to.deep.equal({});
        }
        await library.empty.query('TRUNCATE demoapp_book, demoapp_author, demoapp_genre, demoapp_language, auth_user CASCADE');
      }
    });
  }
});

/** A server process may need a moment to see that its client is gone. */
async function expectNoSession({ full, empty }: Library): Promise<void> {
  const sql = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname IN ($1, $2) AND pid <> pg_backend_pid() AND (state <> 'idle' OR application_name <> '')`;
  let count: unknown;
  for (let attempt = 0; attempt < 50; attempt++) {
    [{ count } = { count: -1 }] = (await full.query(sql, [full.name, empty.name])) as { count: number }[];
    if (count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(count, 'server processes left').to.equal(0);
}
