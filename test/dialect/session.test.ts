import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import type { PinnedSession } from '../../src/dialect/postgres/pinned-session.js';
import { openReadSession, openWriteSession } from '../../src/dialect/postgres/session.js';
import type { Statement } from '../../src/dialect/session.js';
import { PortolanError } from '../../src/errors/portolan-error.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { dataSourceOf } from './data-source.js';

/** The code of the error that a promise rejects with. */
async function failure(promise: Promise<unknown>): Promise<PortolanError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PortolanError) return error;
  throw new Error('expected one of our errors', { cause: error });
}

async function collected(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

describe('a pinned session', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const sessions: PinnedSession[] = [];
  const settings = [
    'TimeZone',
    'DateStyle',
    'IntervalStyle',
    'extra_float_digits',
    'bytea_output',
    'search_path',
    'row_security',
    'statement_timeout',
    'lc_monetary',
  ];
  const shown = `SELECT ${settings.map((name) => `current_setting('${name}')`).join(', ')}`;

  before(async () => {
    database = await createDatabase({
      sql: `CREATE TABLE place (id int PRIMARY KEY, name text);
        INSERT INTO place SELECT i, 'place ' || i FROM generate_series(1, 200000) i;`,
    });
    for (const setting of [
      "TimeZone = 'America/New_York'",
      "DateStyle = 'SQL, DMY'",
      "IntervalStyle = 'iso_8601'",
      'extra_float_digits = -5',
      "bytea_output = 'escape'",
      "statement_timeout = '10s'",
      "lock_timeout = '5s'",
      "idle_in_transaction_session_timeout = '1h'",
      "xmloption = 'document'",
      "lc_monetary = 'POSIX'",
      'search_path = public, pg_catalog',
      'default_transaction_read_only = on',
    ]) {
      await database.query(`ALTER DATABASE "${database.name}" SET ${setting}`);
    }
    dataSource = await dataSourceOf(database.url, { extra: { max: 3 } });
  });

  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.close();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function reading(options?: Parameters<typeof openReadSession>[1]): Promise<PinnedSession> {
    const session = await openReadSession(dataSource, options);
    sessions.push(session);
    return session;
  }

  async function writing(options?: Parameters<typeof openWriteSession>[1]): Promise<PinnedSession> {
    const session = await openWriteSession(dataSource, options);
    sessions.push(session);
    return session;
  }

  async function backends(): Promise<number> {
    const rows = await database.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND state <> 'idle' AND pid <> pg_backend_pid()`,
      [database.name],
    );
    return Number(rows[0]?.['n']);
  }

  async function quiet(): Promise<void> {
    for (let tries = 0; (await backends()) > 0; tries += 1) {
      if (tries > 100) throw new Error('a backend is still busy');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('gives the same text whatever the database has set', async () => {
    const session = await reading();
    const [row] = await session.query(
      String.raw`SELECT '2024-01-31 12:00:00.123456+00'::timestamptz, '2024-01-31'::date, '1 day 2 hours'::interval,
        0.1::float8 + 0.2::float8, '\x00ff'::bytea, 9007199254740993, NULL::text`,
    );
    expect(row).to.deep.equal([
      '2024-01-31 12:00:00.123456+00',
      '2024-01-31',
      '1 day 02:00:00',
      '0.30000000000000004',
      '\\x00ff',
      '9007199254740993',
      null,
    ]);
    expect(await session.query(shown)).to.deep.equal([['UTC', 'ISO, MDY', 'postgres', '1', 'hex', '', 'off', '0', 'C']]);
    expect(await session.query('SHOW xmloption')).to.deep.equal([['content']]);
    expect(await session.query('SHOW idle_in_transaction_session_timeout')).to.deep.equal([['0']]);
  });

  it('gives the connection back as it was, after commit, rollback and close', async () => {
    for (const end of ['commit', 'rollback', 'close'] as const) {
      const session = await writing();
      await session[end]();
      await session.close();
      const runner = dataSource.createQueryRunner('master');
      const rows = (await runner.query(`SELECT unnest($1::text[]) AS name, current_setting(unnest($1::text[])) AS value`, [
        [...settings, 'transaction_isolation'],
      ])) as readonly { value: string }[];
      await runner.release();
      expect(rows.map((row) => row.value)).to.deep.equal([
        'America/New_York',
        'SQL, DMY',
        'iso_8601',
        '-5',
        'escape',
        'public, pg_catalog',
        'on',
        '10s',
        'POSIX',
        'read committed',
      ]);
    }
  });

  it('reads one state of the database, shared through an exported snapshot', async () => {
    const first = await reading();
    const second = await reading({ snapshot: await first.exportSnapshot() });
    await database.query('BEGIN; SET TRANSACTION READ WRITE; INSERT INTO place VALUES (0, $$late$$); COMMIT');
    for (const session of [first, second])
      expect(await session.query('SELECT count(*) FROM public.place')).to.deep.equal([['200000']]);
    await database.query('BEGIN; SET TRANSACTION READ WRITE; DELETE FROM place WHERE id = 0; COMMIT');
  });

  it('cannot write when it is for reading', async () => {
    const session = await reading();
    expect((await failure(session.query("INSERT INTO public.place VALUES (-1, 'x')"))).code).to.equal('READ_ONLY_DATABASE');
  });

  it('writes although the default of the database is read-only, and rolls back what is not committed', async () => {
    const session = await writing();
    const rows = (async function* () {
      await Promise.resolve();
      yield '-1\tone\n';
      yield Buffer.from('-2\ttwo\n');
    })();
    expect(await session.copyIn('COPY public.place FROM STDIN', rows)).to.equal(2);
    expect(session.statistics.rows).to.be.greaterThan(1);
    await session.close();
    expect(await database.query('SELECT 1 FROM place WHERE id < 0')).to.deep.equal([]);
  });

  it('tells a failing row of COPY from a failing source', async () => {
    const session = await writing();
    async function* duplicate(): AsyncGenerator<string> {
      for (let at = 0; at < 2000; at += 1) {
        await Promise.resolve();
        yield '1\tagain\n'.repeat(1000);
      }
    }
    const refused = await failure(session.copyIn('COPY public.place FROM STDIN', duplicate()));
    expect(refused).to.include({ code: 'CONSTRAINT_VIOLATED', constraint: 'place_pkey', table: 'public.place', exitCode: 3 });
    expect(refused.message).not.to.contain('(1)');
    await session.rollback();
    const second = await writing();
    const trouble = new Error('trouble at the source');
    async function* broken(): AsyncGenerator<string> {
      await Promise.resolve();
      yield '-1\tx\n';
      throw trouble;
    }
    const thrown: unknown = await second.copyIn('COPY public.place FROM STDIN', broken()).catch((error: unknown) => error);
    expect(thrown).to.equal(trouble);
    await second.rollback();
  });

  it('keeps up with a slow server and a slow reader: nothing piles up', async () => {
    const session = await reading();
    let bytes = 0;
    for await (const chunk of session.copyOut('COPY public.place TO STDOUT')) {
      bytes += chunk.length;
      if (bytes % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(session.statistics.bytes).to.equal(bytes);
    expect(bytes).to.be.greaterThan(3_000_000);
  });

  it('surfaces an error in the middle of a COPY once, and the connection lives on', async () => {
    const session = await reading();
    const error = await failure(
      collected(session.copyOut('COPY (SELECT 1 / (150000 - id) FROM public.place ORDER BY id) TO STDOUT')),
    );
    expect(error.code).to.equal('DATABASE_ERROR');
    expect(error.detail).to.contain('division by zero');
    await session.rollback();
    await session.close();
    expect(await (await reading()).query('SELECT 1')).to.deep.equal([['1']]);
  });

  it('is usable after a reader stopped early, by break and by throw', async () => {
    const session = await reading();
    for await (const chunk of session.copyOut('COPY public.place TO STDOUT')) {
      expect(chunk.length).to.be.greaterThan(0);
      break;
    }
    const trouble = new Error('trouble');
    const thrown: unknown = await (async () => {
      for await (const chunk of session.copyOut('COPY public.place TO STDOUT')) if (chunk.length > 0) throw trouble;
    })().catch((error: unknown) => error);
    expect(thrown).to.equal(trouble);
    expect(await session.query('SELECT 1')).to.deep.equal([['1']]);
  });

  it('closes the connection where a reader stopped long before the end', async () => {
    const session = await reading();
    for await (const chunk of session.copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT"))
      if (chunk.length > 0) break;
    expect((await failure(session.query('SELECT 1'))).code).to.equal('CANCELED');
    await session.close();
    await quiet();
    expect(await (await reading()).query('SELECT 1')).to.deep.equal([['1']]);
  });

  it('refuses a statement while another one runs, instead of waiting for ever (T-39)', async () => {
    const session = await reading();
    for await (const chunk of session.copyOut('COPY public.place TO STDOUT')) {
      const error: unknown = await session.query('SELECT 1').catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(TypeError);
      expect(chunk.length).to.be.greaterThan(0);
      break;
    }
  });

  it('stops what the server does when it is interrupted', async () => {
    const interruption = new Error('interrupted by the user');
    const controller = new AbortController();
    const session = await reading({ signal: controller.signal });
    const running = session.query('SELECT pg_catalog.pg_sleep(20)').catch((error: unknown) => error);
    setTimeout(() => {
      controller.abort(interruption);
    }, 50);
    expect(await running).to.equal(interruption);
    await session.close();
    await quiet();
    expect(await (await reading()).query('SELECT 1')).to.deep.equal([['1']]);
  });

  it('sends a statement piece by piece, however long it is, and stops where it is interrupted', async () => {
    const piece = Buffer.alloc(65_536);
    const long = (onPiece: (at: number) => void): Statement => ({
      shown: "COPY (SELECT length('…')) TO STDOUT",
      length: 500 * piece.length,
      *pieces() {
        for (let at = 0; at < 500; at += 1) {
          onPiece(at);
          piece.fill(0x61);
          if (at === 0) piece.write("COPY (SELECT length('");
          if (at === 499) piece.write("')) TO STDOUT", piece.length - 13);
          yield piece;
        }
      },
    });
    const own = await reading();
    expect(await collected(own.copyOut(long(() => undefined)))).to.equal(`${String(500 * piece.length - 34)}\n`);
    expect(await own.query('SELECT 1')).to.deep.equal([['1']]);
    await own.close();
    const interruption = new Error('interrupted by the user');
    const controller = new AbortController();
    const session = await reading({ signal: controller.signal });
    const statement = long((at) => {
      if (at === 100) controller.abort(interruption);
    });
    expect(await collected(session.copyOut(statement)).catch((error: unknown) => error)).to.equal(interruption);
    await session.close();
    await quiet();
  });

  it('stops what the server does when it is closed in the middle of a statement', async () => {
    const session = await writing();
    await session.query('LOCK TABLE public.place');
    const waiting = await writing();
    const stuck = waiting.query('LOCK TABLE public.place').catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await waiting.close();
    expect(await stuck).to.include({ code: 'CANCELED' });
    await session.close();
    await quiet();
  });

  it('tells that the connection was lost: waiting, in the middle of a COPY either way, and between statements', async () => {
    const cases: readonly ((session: PinnedSession) => Promise<unknown>)[] = [
      (session) => session.query('SELECT pg_catalog.pg_sleep(20)'),
      async (session) => {
        for await (const chunk of session.copyOut(
          "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 10000000)) TO STDOUT",
        )) {
          if (chunk.length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
        }
      },
      (session) =>
        session.copyIn(
          'COPY public.place FROM STDIN',
          (async function* () {
            for (let at = -1; ; at -= 1) {
              await new Promise((resolve) => setTimeout(resolve, 5));
              yield `${String(at)}\t${'x'.repeat(5000)}\n`;
            }
          })(),
        ),
      async (session) => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        await session.query('SELECT 1');
      },
    ];
    for (const work of cases) {
      const session = await writing();
      const [row] = await session.query('SELECT pg_catalog.pg_backend_pid()');
      setTimeout(() => void database.query('SELECT pg_terminate_backend($1)', [row?.[0]]), 60);
      const error = await failure(work(session));
      expect(error).to.include({ code: 'CONNECTION_LOST', exitCode: 1 });
      await session.close();
    }
    expect(await (await reading()).query('SELECT 1')).to.deep.equal([['1']]);
  });

  it('says what the server is', async () => {
    const { server } = await reading();
    expect(server).to.include({
      database: database.name,
      user: new URL(database.url).username,
      host: new URL(database.url).hostname,
      standby: false,
      searchPath: 'public, pg_catalog',
    });
    expect(server.version).to.be.greaterThan(130_000);
  });

  it('refuses rows that a security policy would hide, and tables without rights', async () => {
    const role = `reader_${database.name}`;
    const url = new URL(database.url);
    await database.query(`BEGIN; SET TRANSACTION READ WRITE; CREATE TABLE secured (id int PRIMARY KEY); ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
      CREATE TABLE closed (id int); CREATE ROLE "${role}" LOGIN PASSWORD 'x'; GRANT SELECT ON secured TO "${role}"; GRANT USAGE ON SCHEMA public TO "${role}"; COMMIT`);
    url.username = role;
    url.password = 'x';
    const restricted = await dataSourceOf(url.href);
    try {
      for (const [table, code, exitCode] of [
        ['secured', 'ROW_SECURITY', 3],
        ['closed', 'PERMISSION_DENIED', 1],
      ] as const) {
        const session = await openReadSession(restricted);
        const error = await failure(collected(session.copyOut(`COPY (SELECT * FROM public.${table}) TO STDOUT`)));
        expect(error).to.include({ code, exitCode });
        expect(error.message).to.contain(table);
        await session.close();
      }
    } finally {
      await restricted.destroy();
      await database.query(`BEGIN; SET TRANSACTION READ WRITE; DROP OWNED BY "${role}"; DROP ROLE "${role}"; COMMIT`);
    }
  });

  it('says that another writer was faster', async () => {
    const session = await writing();
    await session.query('SELECT 1 FROM public.place WHERE id = 1');
    await database.query('BEGIN; SET TRANSACTION READ WRITE; UPDATE place SET name = $$other$$ WHERE id = 1; COMMIT');
    expect(await failure(session.query("UPDATE public.place SET name = 'ours' WHERE id = 1"))).to.include({
      code: 'CONCURRENT_CHANGE',
      exitCode: 3,
    });
  });

  it('leaves no listener behind on a pooled connection', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    for (let at = 0; at < 30; at += 1) await (await reading()).close();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings.filter((warning) => warning.name === 'MaxListenersExceededWarning')).to.deep.equal([]);
  });

  it('is not for other databases, nor for a data source that is closed', async () => {
    const closed = await dataSourceOf(database.url);
    await closed.destroy();
    expect(await failure(openReadSession(closed))).to.include({ code: 'DATA_SOURCE_CLOSED', exitCode: 2 });
    const other = { options: { type: 'sqlite' }, isInitialized: true } as unknown as DataSource;
    expect(await failure(openReadSession(other))).to.include({ code: 'UNSUPPORTED_DATABASE', exitCode: 2 });
  });

  it('does not wait for ever for a connection that nobody will give back', async () => {
    const single = await dataSourceOf(database.url, { extra: { max: 1 } });
    const holder = await openReadSession(single);
    const controller = new AbortController();
    const waiting = openReadSession(single, { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(new Error('enough'));
    expect(await waiting).to.have.property('message', 'enough');
    await holder.close();
    await single.destroy();
  });

  it('has parameters as they are: no text is rewritten, and their number has no limit that matters (T-33)', async () => {
    const session = await reading();
    expect(await session.query("SELECT ':name', $1::text, $2::text", [":id '{}' \\", null])).to.deep.equal([
      [':name', ":id '{}' \\", null],
    ]);
  });
});
