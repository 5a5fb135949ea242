import { expect } from 'chai';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

describe('--verbose', function () {
  this.timeout(180_000);
  let title: string;
  const library = useLibrary(async () => {
    title = String((await library.full.query('SELECT title FROM demoapp_book WHERE id = 4'))[0]?.['title']);
    expect((await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json'])).code).to.equal(0);
    await library.empty.query('ALTER TABLE demoapp_book ADD CONSTRAINT short CHECK (length(title) < 2)');
  });

  const importing = (words: readonly string[]): Promise<RunResult> =>
    library.run('importobjects', ['book.json', ...words], { env: { PORTOLAN_URL: library.empty.url } });

  it('shows the row and the statement that the database refused, which nothing else does', async () => {
    const { code, stdout, stderr } = await importing(['--json', '--findings', 'f.jsonl', '--plan', 'plan.jsonl']);
    expect(code).to.equal(3);
    expect(JSON.parse(stdout)).to.include({ status: 'refused', code: 'CONSTRAINT_VIOLATED' });
    expect(stderr).to.contain('constraint short on public.demoapp_book').and.not.contain('SQL');
    const files = ['f.jsonl', 'plan.jsonl'].map((file) => readFileSync(join(library.folder, file), 'utf8'));
    expect([stdout, stderr, ...files].join('')).not.to.contain(title);

    const verbose = await importing(['--verbose']);
    expect(verbose.code).to.equal(3);
    expect(verbose.stderr)
      .to.match(/^SQL: .*"demoapp_book"/mu)
      .and.contain(title);
  });

  it('writes the new values into the plan, which is without them otherwise', async () => {
    const [plain, told] = await Promise.all(
      [[], ['--verbose']].map(async (words, at) => {
        const path = join(library.folder, `plan${at}.jsonl`);
        await importing(['--dry-run', '--plan', path, ...words]);
        const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
        rmSync(path);
        return lines.map(
          (line) => JSON.parse(line) as { readonly object?: string; readonly after?: { readonly title?: string } },
        );
      }),
    );
    expect(plain?.find((line) => line.object === 'demoapp.book.4')).to.deep.equal({
      object: 'demoapp.book.4',
      decision: 'insert',
    });
    expect(told?.find((line) => line.object === 'demoapp.book.4')?.after).to.include({ title });
  });

  it('tells notes beside warnings', async () => {
    await library.full.query('ALTER TABLE demoapp_book ADD COLUMN stray int');
    try {
      const plain = await library.run('exportobjects', ['demoapp.Book.4', '--dry-run']);
      expect(plain.stderr).not.to.match(/^note: /mu);
      const told = await library.run('exportobjects', ['demoapp.Book.4', '--dry-run', '-v']);
      expect(told.stderr).to.match(/^note: demoapp\.book\.stray: the metadata does not know this column/mu);
    } finally {
      await library.full.query('ALTER TABLE demoapp_book DROP COLUMN stray');
    }
  });
});
