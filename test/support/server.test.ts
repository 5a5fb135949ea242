import { spawn, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import pg from 'pg';
import { createDatabase } from './database.js';

const launcher = pathToFileURL(join(import.meta.dirname, '..', '..', 'demo-app', 'server', 'embedded-server.js')).href;

describe('test databases', () => {
  it('are empty, UTF8, apart from one another, and gone after their drop', async () => {
    const first = await createDatabase({ sql: 'CREATE TABLE t (a int); INSERT INTO t VALUES (1)' });
    const second = await createDatabase({ template: 'template0' });
    const copy = await createDatabase();
    expect(
      await first.query('SELECT a, pg_encoding_to_char(encoding) AS e FROM t, pg_database WHERE datname = $1', [first.name]),
    ).to.deep.equal([{ a: 1, e: 'UTF8' }]);
    for (const other of [second, copy]) {
      expect(
        await other.query("SELECT count(*)::int AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
      ).to.deep.equal([{ n: 0 }]);
    }
    await Promise.all([first, second, copy].map((database) => database.drop()));
    const rest = await createDatabase();
    expect(
      await rest.query('SELECT datname FROM pg_database WHERE datname = ANY($1)', [[first.name, second.name, copy.name]]),
    ).to.deep.equal([]);
    await rest.drop();
  });

  it('leave nothing when their SQL fails', async () => {
    let caught: unknown;
    await createDatabase({ sql: 'SELECT nonsense' }).catch((error: unknown) => (caught = error));
    expect(caught).to.be.instanceOf(pg.DatabaseError);
  });
});

describe('the embedded server', () => {
  const script = `
    const { startServer } = await import(${JSON.stringify(launcher)});
    const server = await startServer({ settings: ['fsync=off', 'log_destination=stderr'] });
    process.stdout.write(server.url('postgres') + '\\n');
  `;

  it('runs as long as its owner, and goes with it at exit, with the exit code that was meant', async () => {
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', `${script}; process.exitCode = 7`], {
      encoding: 'utf8',
    });
    expect(status).to.equal(7);
    await expectGone(stdout.trim());
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`goes at ${signal}`, async () => {
      const { url, end } = await running(`${script}; setInterval(() => {}, 1000)`);
      await connect(url);
      expect(await end(signal)).to.equal(code);
      await expectGone(url);
    });
  }

  for (const [where, own] of [
    ['on disk', script],
    ['in memory, where there is room', script.replace('{ settings', '{ inMemory: true, settings')],
  ] as const) {
    it(`takes its data with it, ${where}`, async () => {
      const { url, end } = await running(`${own}; setInterval(() => {}, 1000)`);
      const folder = realpathSync(await dataOf(url));
      await end('SIGTERM');
      expect(existsSync(folder)).to.equal(false);
    });

    it(`is reaped by the next start when its owner was killed: ${where}`, async () => {
      const { url, end } = await running(`${own}; setInterval(() => {}, 1000)`);
      const folder = realpathSync(await dataOf(url));
      await end('SIGKILL');
      await connect(url);
      const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
      expect(status).to.equal(0);
      await expectGone(url);
      expect(existsSync(folder)).to.equal(false);
    });
  }
});

async function running(code: string): Promise<{ url: string; end: (signal: NodeJS.Signals) => Promise<number | null> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => {
      resolve(chunk.toString().trim());
    }),
  );
  return {
    url,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function connect(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.end();
}

async function dataOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ folder: string }>(`SELECT current_setting('data_directory') AS folder`)).rows[0]?.folder ?? '';
  } finally {
    await client.end();
  }
}

async function expectGone(url: string): Promise<void> {
  let caught: unknown;
  await connect(url).catch((error: unknown) => (caught = error));
  expect((caught as NodeJS.ErrnoException | undefined)?.code).to.equal('ECONNREFUSED');
}
