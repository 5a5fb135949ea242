import { expect } from 'chai';
import type { RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

interface Line {
  readonly query: string;
  readonly table: string;
  readonly times: number;
  readonly rows: number;
  readonly seconds: number;
  readonly share: number;
}

interface QueryTable {
  readonly lines: readonly Line[];
  /** The last line. */
  readonly sums: { readonly queries: number; readonly rows: number; readonly seconds: number };
  readonly text: string;
}

/** What stands at the end of standard error; undefined where no table does. */
function queryTable(stderr: string): QueryTable | undefined {
  const [text, body = '', queries, rows, seconds] =
    /^query +table +times +rows +s +share\n([^]*?)\n(\d+) queries, (\d+) rows, (\d+\.\d+) s\n$/mu.exec(stderr) ?? [];
  if (text === undefined) return undefined;
  const lines = body.split('\n').map((line): Line => {
    const parts = /^(.+?) {2,}(\S*) +(\d+) +(\d+) +(\d+\.\d+) +(\d+\.\d+) %$/u.exec(line);
    const [, query = '', table = '', ...numbers] = parts ?? [];
    const [times = NaN, count = NaN, time = NaN, share = NaN] = numbers.map(Number);
    return { query, table, times, rows: count, seconds: time, share };
  });
  return { lines, sums: { queries: Number(queries), rows: Number(rows), seconds: Number(seconds) }, text };
}

describe('--verbose tells of queries', function () {
  this.timeout(300_000);
  const library = useLibrary();
  const ofExport = ['demoapp.Genre.1', '--follow', 'connected'];
  const importing = (words: readonly string[]): Promise<RunResult> =>
    library.run('importobjects', ['genre.json', ...words], { env: { PORTOLAN_URL: library.empty.url } });

  it('at the end of an export: one line for what differs in keys only, sorted by time, with sums that agree', async () => {
    const { code, stdout, stderr } = await library.run('exportobjects', [...ofExport, '-o', 'genre.json', '-v']);
    expect([code, stdout]).to.deep.equal([0, '']);
    const told = queryTable(stderr);
    expect(told, stderr).not.to.equal(undefined);
    const { lines = [], sums } = told ?? {};
    const sum = (of: (line: Line) => number): number => lines.reduce((total, line) => total + of(line), 0);
    expect(sum(({ times }) => times)).to.equal(sums?.queries);
    expect(sum(({ rows }) => rows)).to.equal(sums?.rows);
    expect(sum(({ seconds }) => seconds)).to.be.closeTo(sums?.seconds ?? NaN, 0.001 * lines.length);
    expect(sum(({ share }) => share)).to.be.closeTo(100, 0.1 * lines.length);
    const times = lines.map(({ seconds }) => seconds);
    expect(times).to.deep.equal([...times].sort((a, b) => b - a));

    const names = lines.map(({ query, table }) => `${query} ${table}`);
    expect(new Set(names).size).to.equal(names.length);
    const of = (query: string, table: string): Line | undefined =>
      lines.find((line) => line.query === query && line.table === table);
    expect(of('find rows by book_id', 'public.demoapp_bookinstance')?.times).to.be.greaterThan(1);
    expect(of('read rows by key', 'public.demoapp_genre')).to.include({ times: 1, rows: 1 });
    expect(lines.filter(({ table }) => table === '').map(({ query }) => query)).to.include('read the catalog: columns');
  });

  it('of an explanation and of an import, of a dry run too', async () => {
    expect((await library.run('exportobjects', [...ofExport, '-o', 'genre.json', '--force'])).code).to.equal(0);
    const explained = await library.run('portolan', ['explain', ...ofExport, '-v']);
    expect(queryTable(explained.stderr)?.sums.queries, explained.stderr).to.be.greaterThan(10);
    expect(explained.stdout).not.to.match(/queries|times/u);
    for (const words of [['--dry-run'], []]) {
      const { code, stdout, stderr } = await importing(['--verbose', '--json', ...words]);
      expect(code, stderr).to.equal(0);
      expect(JSON.parse(stdout)).to.include({ status: words.length === 0 ? 'done' : 'planned' });
      const written = queryTable(stderr)?.lines.filter(({ query }) => query === 'write rows') ?? [];
      expect(written.map(({ table }) => table)).to.include('public.demoapp_author');
      expect(queryTable(stderr)?.lines.map(({ query }) => query)).to.include(words.length === 0 ? 'COMMIT' : 'ROLLBACK');
    }
  });

  it('where the command fails, and its exit code stays', async () => {
    await library.empty.query('TRUNCATE demoapp_book, demoapp_author CASCADE; ALTER TABLE demoapp_author ADD CHECK (id < 0)');
    const plain = await importing([]);
    const { code, stdout, stderr } = await importing(['-v']);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(plain.code).to.equal(3);
    expect(queryTable(plain.stderr)).to.equal(undefined);
    expect(stderr).to.match(/^error: /mu);
    const told = queryTable(stderr);
    expect(told?.lines.find(({ query, table }) => query === 'write rows' && table === 'public.demoapp_author')).to.include({
      times: 1,
      rows: 0,
    });
  });

  it('and names no value and no key, whatever the error above it tells', async () => {
    const { code, stderr } = await importing(['-v']);
    expect(code).to.equal(3);
    const rows = await library.full.query('SELECT first_name, last_name FROM demoapp_author WHERE length(last_name) > 4');
    const values = rows.flatMap((row) => Object.values(row) as string[]);
    const { text = '' } = queryTable(stderr) ?? {};
    expect(values).to.have.length.above(20);
    expect(values.filter((value) => text.includes(value))).to.deep.equal([]);
  });

  it('but not under --quiet', async () => {
    const { code, stderr } = await library.run('exportobjects', [...ofExport, '--dry-run', '-v', '-q']);
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  it('and not without it', async () => {
    const { stderr } = await library.run('exportobjects', [...ofExport, '--dry-run']);
    expect(stderr).to.contain('nothing was written').and.not.contain('queries');
  });
});
