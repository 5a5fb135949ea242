import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { TestDatabase } from '../support/database.js';
import type { Program, RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

const role = `clerk_${String(process.pid)}`;
const toExport = `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`;
const toImport = `GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO ${role};
  GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO ${role}`;

describe('a role that lacks a right', function () {
  this.timeout(300_000);
  const library = useLibrary(async () => {
    const { code, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json']);
    expect(code, stderr).to.equal(0);
  });

  async function asRole(database: TestDatabase, sql: string, work: (url: string) => Promise<void>): Promise<void> {
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'c'`);
    try {
      await database.query(sql);
      const url = new URL(database.url);
      url.username = role;
      url.password = 'c';
      await work(url.href);
    } finally {
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await database.query('GRANT USAGE ON SCHEMA public TO PUBLIC');
    }
  }

  async function run(program: Program, words: readonly string[], url: string): Promise<RunResult> {
    const result = await library.run(program, [...words, '--json'], { env: { PORTOLAN_URL: url } });
    expect(readdirSync(library.folder)).to.deep.equal(['book.json']);
    return result;
  }

  /** The columns of a table but one. */
  async function others(database: TestDatabase, table: string, column: string): Promise<string> {
    const sql = `SELECT string_agg(quote_ident(attname), ', ') AS list FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attname <> $2`;
    const [row] = await database.query(sql, [table, column]);
    return String(row?.['list']);
  }

  function expectRefused(result: RunResult, names: RegExp, grant: string): void {
    expect(result.code, result.stderr).to.equal(1);
    expect(JSON.parse(result.stdout)).to.include({ status: 'failed', code: 'PERMISSION_DENIED' });
    expect(result.stderr)
      .to.match(names)
      .and.not.match(/^ +at /mu);
    expect(result.stderr).to.contain(grant);
  }

  it('is told which table it may not read', async () => {
    await asRole(library.full, `${toExport}; REVOKE ALL ON demoapp_genre FROM ${role}`, async (url) => {
      const result = await run('exportobjects', ['demoapp.Book.4', '-o', 'out.json'], url);
      expectRefused(result, /table public\.demoapp_genre$/mu, `SELECT, INSERT, UPDATE ON public.demoapp_genre TO "${role}"`);
      expect(result.stderr, 'what a deletion lacks').to.contain('wants DELETE, too');
    });
  });

  it('is told the table of a column that it may not read', async () => {
    const columns = await others(library.full, 'demoapp_book', 'isbn');
    const sql = `${toExport}; REVOKE ALL ON demoapp_book FROM ${role}; GRANT SELECT (${columns}) ON public.demoapp_book TO ${role}`;
    await asRole(library.full, sql, async (url) => {
      const result = await run('exportobjects', ['demoapp.Book.4', '-o', 'out.json'], url);
      expectRefused(result, /table public\.demoapp_book$/mu, `ON public.demoapp_book TO "${role}"`);
    });
  });

  it('is told which schema it may not enter', async () => {
    await asRole(library.full, `${toExport}; REVOKE USAGE ON SCHEMA public FROM PUBLIC`, async (url) => {
      const result = await run('exportobjects', ['demoapp.Book.4', '-o', 'out.json'], url);
      expectRefused(result, /schema public$/mu, `GRANT USAGE ON SCHEMA public TO "${role}"`);
    });
  });

  it('needs none on a column that is withheld', async () => {
    const columns = await others(library.full, 'auth_user', 'password');
    const sql = `${toExport}; REVOKE ALL ON auth_user FROM ${role}; GRANT SELECT (${columns}) ON auth_user TO ${role}`;
    await asRole(library.full, sql, async (url) => {
      const { code, stdout, stderr } = await run('exportobjects', ['demoapp.Book.4', '--dry-run'], url);
      expect(code, stderr).to.equal(0);
      expect((JSON.parse(stdout) as { objects: object }).objects).to.include.keys('auth.user');
    });
  });

  const lacking: readonly (readonly [fact: string, sql: string, names: RegExp, grant: string])[] = [
    [
      'which table it may not write',
      `REVOKE INSERT ON demoapp_genre FROM ${role}`,
      /table public\.demoapp_genre$/mu,
      `GRANT SELECT, INSERT, UPDATE ON public.demoapp_genre TO "${role}"`,
    ],
    [
      'the table of a column that it may not write',
      `REVOKE INSERT ON demoapp_book FROM ${role}; GRANT INSERT (id, title) ON public.demoapp_book TO ${role}`,
      /table public\.demoapp_book$/mu,
      `ON public.demoapp_book TO "${role}"`,
    ],
    [
      'which sequence it may not read',
      `REVOKE ALL ON SEQUENCE demoapp_book_id_seq FROM ${role}`,
      /sequence public\.demoapp_book_id_seq$/mu,
      `GRANT SELECT, UPDATE ON SEQUENCE public.demoapp_book_id_seq TO "${role}"`,
    ],
    [
      'which sequence it may not move',
      `REVOKE UPDATE ON SEQUENCE demoapp_book_id_seq FROM ${role}`,
      /sequence "public"\."demoapp_book_id_seq" may not be moved/u,
      `GRANT SELECT, UPDATE ON SEQUENCE "public"."demoapp_book_id_seq" TO "${role}"`,
    ],
    [
      'which schema it may not enter',
      'REVOKE USAGE ON SCHEMA public FROM PUBLIC',
      /schema public$/mu,
      `GRANT USAGE ON SCHEMA public TO "${role}"`,
    ],
  ];
  for (const [fact, sql, names, grant] of lacking) {
    it(`is told by an import and by its dry run ${fact}; no row is written`, async () => {
      await asRole(library.empty, `${toImport}; ${sql}`, async (url) => {
        for (const words of [['book.json'], ['book.json', '--dry-run']]) {
          expectRefused(await run('importobjects', words, url), names, grant);
        }
        const [rows] = await library.empty.query('SELECT count(*)::int AS count FROM auth_user');
        expect(rows?.['count']).to.equal(0);
      });
    });
  }

  it('imports all the same where it may move a sequence that is not its own', async () => {
    await asRole(library.empty, toImport, async (url) => {
      const { code, stdout, stderr } = await run('importobjects', ['book.json'], url);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain('sequence-not-owned').and.not.contain('sequence-not-moved');
      const [next] = await library.empty.query(`SELECT nextval('demoapp_book_id_seq') > max(id) AS beyond FROM demoapp_book`);
      expect(next?.['beyond']).to.equal(true);
    });
  });

  it('is told that it may make no temporary table, which changed rows need', async () => {
    const { name } = library.empty;
    expect((await run('importobjects', ['book.json'], library.empty.url)).code).to.equal(0);
    await library.empty.query(`UPDATE demoapp_book SET title = 'another'; REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
    await asRole(library.empty, toImport, async (url) => {
      for (const words of [['--yes'], ['--dry-run']]) {
        const result = await run('importobjects', ['book.json', '--override', ...words], url);
        expectRefused(result, /database portolan_test/u, `GRANT TEMPORARY ON DATABASE ${name} TO "${role}"`);
      }
      const [row] = await library.empty.query('SELECT title FROM demoapp_book');
      expect(row?.['title']).to.equal('another');
    });
  });
});
