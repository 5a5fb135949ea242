import { expect } from 'chai';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { isWaiting } from '../import/held-up.js';
import type { RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

/** Longer than it is between two lines, in milliseconds. */
const longer = 3500;

describe('without a terminal', function () {
  this.timeout(300_000);
  const library = useLibrary(async () => {
    const words = ['demoapp.Genre.1', '--follow', 'connected', '-o', 'genre.json'];
    expect((await library.run('exportobjects', words)).code).to.equal(0);
  });

  /** Runs an import that waits in its midst for somebody who writes a row of the same key, and thinks better of it. */
  async function slowly(words: readonly string[]): Promise<RunResult> {
    const [copy] = await library.full.query(
      'SELECT row_to_json(c) AS row FROM demoapp_bookinstance c JOIN demoapp_book_genre g USING (book_id) WHERE genre_id = 1 LIMIT 1',
    );
    const holder = new pg.Client(library.empty.url);
    await holder.connect();
    try {
      // Alone: nothing that it needs is there.
      await holder.query('SET session_replication_role = replica; BEGIN');
      await holder.query('INSERT INTO demoapp_bookinstance SELECT * FROM json_populate_record(NULL::demoapp_bookinstance, $1)', [
        copy?.['row'],
      ]);
      const running = library.run('importobjects', ['genre.json', '--dry-run', '--json', ...words], {
        env: { PORTOLAN_URL: library.empty.url },
      });
      while (!(await isWaiting(library.empty))) await setTimeout(50);
      await setTimeout(longer);
      await holder.query('ROLLBACK');
      return await running;
    } finally {
      await holder.end();
    }
  }

  it('tells progress in plain lines, some seconds apart, and keeps it from standard output', async () => {
    const { code, stdout, stderr } = await slowly([]);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(
      /^(?:importing|linking) [\w.]+: [\d,]+(?: of [\d,]+)?, \d+ %, [\d,]+ objects\/s, [\d.]+ k?B(?:, \d+ s left)?$/mu,
    );
    expect(stderr.replaceAll('\n', '')).not.to.match(/[\p{Cc}█░]/u);
    expect(JSON.parse(stdout)).to.include({ status: 'planned' });
  });

  it('tells none under --quiet', async () => {
    const { code, stdout, stderr } = await slowly(['--quiet']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(JSON.parse(stdout)).to.include({ status: 'planned' });
  });
});
