import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Explanation } from '../../src/index.js';
import { useLibrary } from './library.js';

describe('portolan explain', function () {
  this.timeout(180_000);
  const library = useLibrary();

  async function explained(words: readonly string[]): Promise<Explanation> {
    const { code, stdout, stderr } = await library.run('portolan', ['explain', ...words, '--json']);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as Explanation;
  }

  it('prints rows and sizes by model, rows by reference, and the path to an object', async () => {
    const [first] = await library.full.query('SELECT min(borrower_id) AS id FROM demoapp_bookinstance WHERE book_id = 4');
    const user = `auth.User.${String(first?.['id'])}`;
    const { code, stdout, stderr } = await library.run('portolan', ['explain', 'demoapp.Book.4', '--why', user, '--quiet']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^model +objects +about$/mu);
    expect(stdout).to.match(/^demoapp\.book +1 +(\d+ B|[\d.]+ kB)$/mu);
    expect(stdout).to.match(/^demoapp\.book\.genre \(links\) +\d+ *$/mu);
    expect(stdout).to.match(/^together +\d+ +[\d.]+ kB$/mu);
    expect(stdout).to.match(/^demoapp\.bookinstance\.book +down +demoapp\.bookinstance +\d+$/mu);
    expect(stdout).to.match(/^boundary: none$/mu);
    expect(stdout).to.match(/^withheld: .*auth\.user\.password/mu);
    expect(stdout).to.match(/^demoapp\.book\.4\n {2}→ .*\(demoapp\.bookinstance\.book, down\)\n {2}→ auth\.user\.\d+ /mu);
  });

  for (const words of [['demoapp.Book.4'], ['demoapp.Genre.1', '--follow', 'connected'], ['demoapp.Book.4', '--shared', 'key']]) {
    it(`estimates the size of each model near to what an export writes: ${words.join(' ')}`, async () => {
      const path = join(library.folder, 'sizes.jsonl');
      expect((await library.run('exportobjects', [...words, '-o', path, '--force'])).code).to.equal(0);
      const written = new Map<string, number>();
      for (const line of readFileSync(path, 'utf8').split('\n')) {
        if (!line.startsWith('{"fields"')) continue;
        const { model } = JSON.parse(line) as { readonly model: string };
        written.set(model, (written.get(model) ?? 0) + Buffer.byteLength(line) + 2);
      }
      const { sizes, objects } = await explained(words);
      expect(Object.keys(sizes).sort()).to.deep.equal([...written.keys()].sort());
      for (const [model, bytes] of Object.entries(sizes)) {
        const exact = (objects[model] ?? 0) <= 200;
        expect(bytes / (written.get(model) ?? 0), model).to.be.within(exact ? 1 : 0.9, exact ? 1 : 1.1);
      }
    });
  }

  it('prints the boundary: what is inside, what stays at home, what is left out', async () => {
    const words = ['demoapp.Book.4', '--boundary', 'Book,Author', '--exclude', 'BookInstance'];
    const { boundary } = await explained(words);
    const none = { action: 'error', external: 0, leftOut: 0 };
    expect(boundary).to.deep.equal([
      { model: 'demoapp.book', rule: 'boundary', inside: 1, ...none },
      { model: 'demoapp.author', rule: 'boundary', inside: 1, ...none },
      { model: 'demoapp.bookinstance', rule: 'exclude', inside: 0, ...none },
    ]);
    const { stdout } = await library.run('portolan', ['explain', ...words]);
    expect(stdout).to.match(/^boundary +rule +if a row beyond it is needed +leave +stay at home +left out$/mu);
    expect(stdout).to.match(/^demoapp\.author +boundary +error +1 +0 +0$/mu);
    expect(stdout).to.match(/^demoapp\.bookinstance +exclude +error +0 +0 +0$/mu);
  });

  it('counts what stays at home', async () => {
    const { external } = await explained(['demoapp.Book.4', '--shared', 'key']);
    expect(external).to.include({ 'demoapp.author': 1, 'demoapp.language': 1 });
    const { stdout } = await library.run('portolan', ['explain', 'demoapp.Book.4', '--shared', 'key']);
    expect(stdout).to.match(/^stay at home, known by key and natural key: .*1 of demoapp\.author/mu);
  });

  it('shows no value of any row', async () => {
    const { stdout, stderr } = await library.run('portolan', ['explain', 'demoapp.Book.4', '--verbose']);
    const [book] = await library.full.query('SELECT title, isbn FROM demoapp_book WHERE id = 4');
    expect(stdout + stderr)
      .not.to.contain(book?.['title'])
      .and.not.to.contain(book?.['isbn']);
  });
});
