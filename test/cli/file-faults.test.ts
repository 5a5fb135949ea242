import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { repositoryRoot } from '../support/shared.js';
import type { Program, RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

const preload = pathToFileURL(join(repositoryRoot, 'test', 'support', 'fail-file-operation.mjs')).href;
const compiled = pathToFileURL(join(import.meta.dirname, '..', '..', 'demo-app', 'library-data-source.js')).href;

/** What is written in the place of an output, to see that it stays. */
const old = 'what was here before\n';

interface Faulty extends RunResult {
  /** The operation that failed; undefined where there were fewer. */
  readonly operation: string | undefined;
}

describe('a file operation that fails', function () {
  this.timeout(300_000);
  let archive: Buffer;
  const library = useLibrary(async () => {
    // Compiled already: reading TypeScript is not what is to fail here.
    const url = `process.env.PORTOLAN_URL`;
    const source = `import { libraryDataSource } from ${JSON.stringify(compiled)};\nexport default libraryDataSource(${url});\n`;
    writeFileSync(join(library.folder, 'ormconfig.mjs'), source);
    const { code, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json']);
    expect(code, stderr).to.equal(0);
    archive = readFileSync(join(library.folder, 'book.json'));
    rmSync(join(library.folder, 'book.json'));
  });

  async function runFaulty(place: number, program: Program, words: readonly string[], url: string): Promise<Faulty> {
    const log = join(library.folder, 'fault.log');
    const env = {
      NODE_OPTIONS: `--import=${preload}`,
      PORTOLAN_FAULT_AT: String(place),
      PORTOLAN_FAULT_LOG: log,
      PORTOLAN_URL: url,
    };
    const result = await library.run(program, words, { env });
    const operation = existsSync(log) ? readFileSync(log, 'utf8').trim() : undefined;
    rmSync(log, { force: true });
    return { ...result, operation };
  }

  /** What the folder holds besides what was put there for the run; it is removed. */
  function leftovers(): readonly string[] {
    const left = readdirSync(library.folder).filter((file) => file !== 'ormconfig.mjs');
    for (const file of left) rmSync(join(library.folder, file));
    return left;
  }

  function expectClearFailure({ code, stderr, operation }: Faulty): void {
    expect(code, `${String(operation)}: ${stderr}`).to.equal(1);
    expect(stderr, operation)
      .to.match(/^error: .{10,}/mu)
      .and.not.match(/^ +at |UNEXPECTED|did not foresee/mu);
  }

  for (const forced of [false, true]) {
    it(`leaves no trace of an export, at every operation until it ends well${forced ? ': --force' : ''}`, async () => {
      const operations: string[] = [];
      for (let place = 1; ; place += 1) {
        if (forced) writeFileSync(join(library.folder, 'out.json.gz'), old);
        const words = ['demoapp.Book.4', '-o', 'out.json.gz', '--reproducible', ...(forced ? ['--force'] : [])];
        const result = await runFaulty(place, 'exportobjects', words, library.full.url);
        const path = join(library.folder, 'out.json.gz');
        const content = existsSync(path) ? readFileSync(path) : undefined;
        const left = leftovers();
        if (result.code === 0) {
          expect(left, result.operation).to.deep.equal(['out.json.gz']);
          if (result.operation === undefined) break;
        } else {
          expectClearFailure(result);
          expect(left, result.operation).to.deep.equal(forced ? ['out.json.gz'] : []);
          if (forced) expect(content?.toString(), result.operation).to.equal(old);
        }
        operations.push(result.operation ?? '');
      }
      expect(operations.map((operation) => operation.split(' ')[0])).to.include.members(['open', 'write', 'sync', 'close']);
      expect(operations.join('\n')).to.match(forced ? /^rename /mu : /^link .*\nrm /mu);
    });
  }

  it('leaves no row, no plan and no map of an import, at every operation until it ends well', async () => {
    const operations: string[] = [];
    for (let place = 1; ; place += 1) {
      writeFileSync(join(library.folder, 'book.json'), archive);
      const words = ['book.json', '--plan', 'plan.jsonl', '--id-map', 'map.jsonl', '--findings', 'findings.jsonl'];
      const result = await runFaulty(place, 'importobjects', words, library.empty.url);
      const left = leftovers().filter((file) => file !== 'book.json');
      const [books] = await library.empty.query('SELECT count(*)::int AS count FROM demoapp_book');
      await library.empty.query('TRUNCATE demoapp_book, demoapp_author, demoapp_genre, demoapp_language, auth_user CASCADE');
      if (result.operation === undefined) {
        expect(result.code, result.stderr).to.equal(0);
        expect(left).to.have.members(['plan.jsonl', 'map.jsonl', 'findings.jsonl']);
        break;
      }
      operations.push(result.operation);
      // Findings, and the map's name, come when the rows are in the target.
      const ended = / findings\.jsonl$/u.test(result.operation) || result.stderr.includes('the objects are imported');
      if (result.code !== 0) expectClearFailure(result);
      expect(books?.['count'], result.operation).to.equal(result.code === 0 || ended ? 1 : 0);
      expect(
        left.filter((file) => file.includes('partial')),
        result.operation,
      ).to.deep.equal([]);
      if (books?.['count'] === 0) expect(left, result.operation).to.not.include('map.jsonl');
      if (result.operation.startsWith('rename .map')) expect(ended, result.stderr).to.equal(true);
    }
    expect(operations.map((operation) => operation.split(' ')[0])).to.include.members([
      'open',
      'read',
      'writeFile',
      'sync',
      'rename',
    ]);
  });
});
