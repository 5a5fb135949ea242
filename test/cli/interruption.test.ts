import { readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import { startFaultyProxy } from '../support/faulty-proxy.js';
import type { RunResult } from '../support/run.js';
import { usualSeed } from '../support/usual-seed.js';
import type { Library } from './library.js';
import { useLibrary } from './library.js';

/** For each of six tests. */
const runs = 8;
const seed = usualSeed();
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

describe('an interrupted command', function () {
  this.timeout(300_000);
  const library = useLibrary(async () => {
    const { code, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '--follow', 'connected', '-o', 'whole.json']);
    expect(code, stderr).to.equal(0);
  });

  /** Random moments from the start of the process to some time after its usual end, in milliseconds. */
  async function moments(work: () => Promise<unknown>): Promise<readonly number[]> {
    const start = Date.now();
    await work();
    return fc.sample(fc.integer({ min: 0, max: Math.ceil((Date.now() - start) * 1.1) }), { numRuns: runs });
  }

  /** Whether it did its work; when not, its end is one that the contract names. */
  function isDone({ code, signal, stderr }: RunResult, killSignal: NodeJS.Signals, where: string): boolean {
    expect(stderr, where).not.to.match(/^ +at |UNEXPECTED|did not foresee/mu);
    const done = code === 0 || /^done|objects in out\.json/mu.test(stderr);
    if (done || killSignal === 'SIGKILL') return done;
    // A signal that finds Node itself starting or ending kills it, as any process: a shell says 130 or 143 all the same.
    if (signal !== null) expect([signal, stderr], where).to.deep.equal([killSignal, '']);
    else {
      expect(code, where).to.equal(exitCodes[killSignal as keyof typeof exitCodes]);
      expect(stderr, where).to.contain('interrupted: nothing was left behind');
    }
    return false;
  }

  for (const killSignal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`leaves no file that looks finished: export, ${killSignal}`, async () => {
      const words = ['demoapp.Book.4', '--follow', 'connected', '-o', 'out.json', '--force'];
      for (const moment of await moments(() => library.run('exportobjects', words))) {
        const where = `${String(moment)} ms, seed ${String(seed)}`;
        rmSync(join(library.folder, 'out.json'), { force: true });
        const result = await library.run('exportobjects', words, { signal: AbortSignal.timeout(moment), killSignal });
        const done = isDone(result, killSignal, where);
        const files = readdirSync(library.folder).filter((file) => file !== 'whole.json');
        if (files.includes('out.json')) await verifyArchive(join(library.folder, 'out.json'));
        if (killSignal !== 'SIGKILL') expect(files, where).to.deep.equal(done ? ['out.json'] : []);
        for (const file of files) rmSync(join(library.folder, file));
      }
      await expectNoSession(library);
    });

    it(`writes all rows or none: import, ${killSignal}`, async () => {
      const env = { PORTOLAN_URL: library.empty.url };
      const words = ['whole.json', '--id-map', 'map.jsonl'];
      const { objects } = await verifyArchive(join(library.folder, 'whole.json')).then(({ trailer }) => trailer);
      for (const moment of await moments(() => library.run('importobjects', ['whole.json', '--dry-run'], { env }))) {
        const where = `${String(moment)} ms, seed ${String(seed)}`;
        const result = await library.run('importobjects', words, { signal: AbortSignal.timeout(moment), killSignal, env });
        const done = isDone(result, killSignal, where);
        await expectNoSession(library);
        const sql =
          'SELECT (SELECT count(*) FROM demoapp_book)::int AS books, (SELECT count(*) FROM demoapp_bookinstance)::int AS copies';
        const [rows] = await library.empty.query(sql);
        const all = { books: objects['demoapp.book'], copies: objects['demoapp.bookinstance'] };
        expect(rows, where).to.deep.equal(rows?.['books'] === 0 ? { books: 0, copies: 0 } : all);
        const files = readdirSync(library.folder).filter((file) => file !== 'whole.json');
        if (rows?.['books'] === 0) expect(files, where).to.not.include('map.jsonl');
        if (killSignal !== 'SIGKILL') {
          // Who is told that nothing was left behind must find nothing.
          expect(done, where).to.equal(rows?.['books'] !== 0);
          expect(files, where).to.deep.equal(done ? ['map.jsonl'] : []);
        }
        for (const file of files) rmSync(join(library.folder, file));
        await library.empty.query('TRUNCATE demoapp_book, demoapp_author, demoapp_genre, demoapp_language, auth_user CASCADE');
      }
    });
  }

  for (const program of ['exportobjects', 'importobjects', 'portolan'] as const) {
    it(`hears a signal while it still loads its modules: ${program}`, async () => {
      // From a thread of its own, and the module comes late: who does not listen by now is killed.
      const hooks = `export async function load(url, context, next) {
        if (url.includes('/chunks/main-')) {
          process.kill(process.pid, 'SIGTERM');
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
        return next(url, context);
      }`;
      const preload = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
      const env = { NODE_OPTIONS: `--import=${dataUrl(preload)}` };
      const { code, stderr } = await library.run(program, ['whole.json'], { env });
      expect(stderr).to.equal('interrupted: nothing was left behind\n');
      expect(code).to.equal(143);
    });
  }

  for (const alone of [false, true]) {
    it(`says what is known of a commit that it came too late for: ${alone ? 'nothing' : 'that it took place'}`, async () => {
      const proxy = await startFaultyProxy(library.empty.url);
      try {
        const committing = new AbortController();
        const meanwhile = async (): Promise<void> => {
          committing.abort();
          await new Promise((resolve) => setTimeout(resolve, 500));
        };
        proxy.arm({ kind: 'lose answer', alone, meanwhile }, (statement) => statement === 'COMMIT');
        const options = { env: { PORTOLAN_URL: proxy.url }, signal: committing.signal, killSignal: 'SIGINT' as const };
        const { code, stdout, stderr } = await library.run('importobjects', ['whole.json', '--json'], options);
        expect(code, stderr).to.equal(alone ? 1 : 0);
        expect(JSON.parse(stdout)).to.include(alone ? { status: 'failed', code: 'COMMIT_UNKNOWN' } : { status: 'done' });
        expect(stderr).not.to.contain('nothing was left behind');
      } finally {
        await proxy.close();
        await library.empty.query('TRUNCATE demoapp_book, demoapp_author, demoapp_genre, demoapp_language, auth_user CASCADE');
      }
    });
  }

  it('ends after five seconds where nothing tells how its commit went, and does not say that nothing was left behind', async () => {
    const proxy = await startFaultyProxy(library.empty.url);
    try {
      const committing = new AbortController();
      let done = (): void => undefined;
      const ended = new Promise<void>((resolve) => (done = resolve));
      const meanwhile = async (): Promise<void> => {
        committing.abort();
        await ended;
      };
      proxy.arm({ kind: 'lose answer', alone: true, meanwhile }, (statement) => statement === 'COMMIT');
      const options = { env: { PORTOLAN_URL: proxy.url }, signal: committing.signal, killSignal: 'SIGTERM' as const };
      const { code, stdout, stderr } = await library.run('importobjects', ['whole.json', '--json'], options).finally(done);
      expect(code, stderr).to.equal(143);
      const message = 'interrupted: it does not end; look at the target before you import again';
      expect(stderr)
        .to.match(new RegExp(`^${message}$`, 'mu'))
        .and.not.match(/nothing was left behind/u);
      expect(JSON.parse(stdout)).to.include({ status: 'failed', code: 'INTERRUPTED', error: message });
    } finally {
      await proxy.close();
      await library.empty.query('TRUNCATE demoapp_book, demoapp_author, demoapp_genre, demoapp_language, auth_user CASCADE');
    }
  });

  it('ends at once where it waits for a server that says nothing', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = silent.address() as AddressInfo;
      const connected = new AbortController();
      silent.once('connection', () => {
        connected.abort();
      });
      const start = Date.now();
      const env = { PORTOLAN_URL: `postgresql://postgres@127.0.0.1:${String(port)}/none` };
      const words = ['demoapp.Book.4', '-o', 'out.json', '--json'];
      const options = { env, signal: connected.signal, killSignal: 'SIGINT' as const };
      const { code, stdout } = await library.run('exportobjects', words, options);
      expect(code).to.equal(130);
      expect(JSON.parse(stdout)).to.include({ status: 'failed', code: 'INTERRUPTED' });
      expect(Date.now() - start).to.be.lessThan(5000);
    } finally {
      silent.close();
    }
  });
});

function dataUrl(module: string): string {
  return `data:text/javascript,${encodeURIComponent(module)}`;
}

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
