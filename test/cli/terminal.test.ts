import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyArchive } from '../../src/index.js';
import type { TerminalOptions, TerminalResult } from '../support/terminal.js';
import { keys, noTerminal, runInTerminal } from '../support/terminal.js';
import type { Library } from './library.js';
import { openLibrary } from './library.js';

const why = noTerminal();

/** A bar hides the cursor while it moves. */
const bar = new RegExp(`${keys.escape}\\[\\?25l`, 'u');

describe(`at a terminal${why === undefined ? '' : ` (left out: ${why})`}`, function () {
  this.timeout(300_000);
  let library: Library;
  before(async function () {
    if (why !== undefined) this.skip();
    library = await openLibrary();
  });
  after(async () => {
    await library?.close();
  });

  const at = (program: 'exportobjects' | 'importobjects', words: readonly string[], more: Partial<TerminalOptions> = {}) =>
    runInTerminal(program, words, { cwd: library.folder, ...more, env: { PORTOLAN_URL: library.full.url, ...more.env } });
  const read = (file: string): string => readFileSync(join(library.folder, file), 'utf8');

  it('shows a bar on standard error, and keeps it from the archive on standard output', async () => {
    const { code, screen } = await at('exportobjects', ['demoapp.Genre.1', '--follow', 'connected'], { redirect: '>piped.json' });
    expect(code, screen).to.equal(0);
    expect(screen)
      .to.match(bar)
      .and.match(/writing [\w.]+ █*░* ?[\d,]+ of [\d,]+ · \d+ % · [\d,]+ objects\/s · [\d.]+ k?B · \d+ s left/u);
    expect((await verifyArchive(join(library.folder, 'piped.json'))).trailer.total).to.be.greaterThan(100);
  });

  it('shows no bar where standard error goes elsewhere, though standard output is the terminal', async () => {
    const { code, screen } = await at('exportobjects', ['demoapp.Book.4'], { redirect: '2>err.txt' });
    expect(code).to.equal(0);
    expect(read('err.txt'))
      .to.match(/objects in standard output/u)
      .and.not.match(bar);
    expect(screen).to.contain('"trailer"').and.not.match(bar);
  });

  it('never goes beyond the edge of a narrow terminal, and says what it says without a bar', async () => {
    const { code, screen } = await at('exportobjects', ['demoapp.Genre.1', '--follow', 'connected', '-o', 'narrow.json'], {
      columns: 34,
    });
    expect(code, screen).to.equal(0);
    const [moving = ''] = screen.split('model ');
    // What moves the cursor takes no column.
    const frames = moving.replace(new RegExp(`${keys.escape}(?:\\[[\\d;?]*[A-Za-z]|\\d)`, 'gu'), '\r').split(/[\r\n]+/u);
    const drawn = frames.filter((frame) => frame !== '');
    expect(drawn.join('\n')).to.match(/^writ\S* .*[\d,]+ of [\d,]+ · \d+ s left$/mu);
    expect(drawn.filter((frame) => frame.length > 33 || frame.includes('░'))).to.deep.equal([]);
  });

  it('is silent under --quiet', async () => {
    const { code, screen } = await at('exportobjects', ['demoapp.Book.4', '-o', 'quiet.json', '--quiet']);
    expect([code, screen]).to.deep.equal([0, '']);
  });

  it('shows a summary, and no bar, where nothing is a terminal', async () => {
    const { stdout, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'plain.json']);
    expect(stdout).to.equal('');
    expect(stderr)
      .to.match(/objects in plain\.json/u)
      .and.not.match(bar);
    const quiet = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'plain2.json', '-q']);
    expect(quiet).to.deep.include({ code: 0, stdout: '', stderr: '' });
  });

  describe('overriding', () => {
    const prompt = /Rows of database \S+ on \S+ that differ will be overwritten\. Go on\? \[y\/N\] $/u;
    const title = async (): Promise<unknown> =>
      (await library.full.query('SELECT title FROM demoapp_book WHERE id = 4'))[0]?.['title'];
    let archived: unknown;

    before(async () => {
      archived = await title();
      const { code } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json', '--force']);
      expect(code).to.equal(0);
    });
    beforeEach(async () => {
      await library.full.query("UPDATE demoapp_book SET title = 'changed since' WHERE id = 4");
    });

    const overriding = (types: string): Promise<TerminalResult> =>
      at('importobjects', ['book.json', '--override'], { types, prompt });

    for (const answer of ['y', 'yes', 'YES']) {
      it(`says where it writes, asks, and writes after "${answer}"`, async () => {
        const { code, screen } = await overriding(`${answer}\n`);
        expect(code, screen).to.equal(0);
        expect(screen).to.match(/writing to database \S+ on \S+ as \S+\n[^]*committed/u);
        expect(await title()).to.equal(archived);
      });
    }

    for (const [name, answer] of [
      ['n', 'n\n'],
      ['an empty line', '\n'],
      ['yesterday', 'yesterday\n'],
      ['the end of the input', keys.end],
    ] as const) {
      it(`writes nothing after ${name}, and exits 2`, async () => {
        const { code, screen } = await overriding(answer);
        expect(code, screen).to.equal(2);
        expect(screen).to.contain('not confirmed: nothing was written');
        expect(await title()).to.equal('changed since');
      });
    }

    it('is interrupted at the question as everywhere: nothing is written, and it exits 130', async () => {
      const { code, screen } = await overriding(keys.interrupt);
      expect(code, screen).to.equal(130);
      expect(screen).to.contain('interrupted');
      expect(await title()).to.equal('changed since');
    });

    it('does not ask under --yes, nor in a dry run', async () => {
      for (const more of ['--dry-run', '--yes']) {
        const { code, screen } = await at('importobjects', ['book.json', '--override', more]);
        expect(code, screen).to.equal(0);
        expect(screen).not.to.contain('Go on?');
        expect(await title()).to.equal(more === '--yes' ? archived : 'changed since');
      }
    });

    it('wants --yes where nobody can answer, whatever comes on standard input', async () => {
      const { code, stderr } = await library.run('importobjects', ['book.json', '--override'], { input: 'yes\n' });
      expect(code).to.equal(2);
      expect(stderr).to.contain('wants a second consent').and.to.contain('--yes');
      expect(await title()).to.equal('changed since');
    });
  });
});
