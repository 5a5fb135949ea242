import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveHeader } from '../../src/archive/archive.js';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import { verifyArchive } from '../../src/index.js';
import { run } from '../support/run.js';
import { madeEntities } from './made-archive.js';

const rows = 12_000;
/** As an export tells of them. */
const entities = Object.fromEntries(
  Object.entries(madeEntities).map(([model, entity]) => [model, { ...entity, naturalKey: [] }]),
);
/** Of JavaScript objects, in megabytes: the archives do not fit. */
const heap = 40;

describe('large archives', function () {
  this.timeout(180_000);
  let folder: string;
  let spools: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-large-'));
    spools = join(folder, 'spools');
    mkdirSync(spools);
    await writeLarge('a.json', ['m.tag', 'm.person', 'm.team', 'm.note'], 0);
    await writeLarge('b.json', ['m.note', 'm.team', 'm.person', 'm.tag'], rows / 2);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** Two models of long rows; one archive begins where the other has its middle. */
  async function writeLarge(name: string, order: readonly string[], from: number): Promise<void> {
    const header: ArchiveHeader = {
      ...{ format: 'portolan', version: 1, entities, order, seeds: [], roots: [], follow: 'owned', policy: null },
      ...{ withheld: {}, includedSecrets: [] },
    };
    const writer = await createArchiveWriter({ output: join(folder, name), header, force: true });
    const text = 'x'.repeat(2500);
    for (const model of order) {
      for (let at = from; at < from + rows; at += 1000) {
        const lines = Array.from({ length: 1000 }, (_, one) => {
          const id = String(at + one).padStart(12, '0');
          if (model === 'm.note')
            return `{"fields":{"author":null,"body":"${text}"},"model":"m.note","pk":"00000000-0000-0000-0000-${id}"}`;
          return model === 'm.team' ? `{"fields":{"lead":null,"size":"${text}"},"model":"m.team","pk":${String(at + one)}}` : '';
        });
        if (lines[0] !== '') await writer.write(Buffer.from(lines.map((line) => writer.lineStart + line).join('')));
      }
    }
    await writer.finish({
      objects: { 'm.note': rows, 'm.team': rows },
      links: {},
      total: rows * 2,
      external: [],
      dangling: [],
      leftOut: [],
    });
  }

  const portolan = (words: string): ReturnType<typeof run> =>
    run('portolan', words.split(' '), {
      cwd: folder,
      env: { NODE_OPTIONS: `--max-old-space-size=${String(heap)}`, TMPDIR: spools },
    });

  it('are compared and merged in little memory, in whatever order their models stand, and leave no temporary file', async () => {
    expect(statSync(join(folder, 'a.json')).size).to.be.greaterThan(heap * 1.1 * 1024 * 1024);
    const diff = await portolan('diff a.json b.json --plan plan --json');
    expect(diff.code, diff.stderr).to.equal(4);
    const half = { 'm.note': rows / 2, 'm.team': rows / 2 };
    expect((JSON.parse(diff.stdout) as { objects: object }).objects).to.deep.equal({
      insert: half,
      update: {},
      delete: half,
      same: half,
    });
    const merge = await portolan('merge a.json b.json -o merged.json.gz --json');
    expect(merge.code, merge.stderr).to.equal(0);
    const { trailer } = await verifyArchive(join(folder, 'merged.json.gz'));
    expect(trailer.objects).to.deep.equal({ 'm.note': (rows * 3) / 2, 'm.team': (rows * 3) / 2 });
    expect(readdirSync(spools)).to.deep.equal([]);
    expect(readdirSync(folder).sort()).to.deep.equal(['a.json', 'b.json', 'merged.json.gz', 'plan', 'spools']);
  });

  it('of different databases are gathered in little memory', async () => {
    const gathered = await portolan('merge a.json b.json -o gathered.json.gz --json --sources other');
    expect(gathered.code, gathered.stderr).to.equal(0);
    const { plan } = JSON.parse(gathered.stdout) as { readonly plan: { readonly same: object } };
    expect(plan.same).to.deep.equal({ 'm.note': rows / 2, 'm.team': rows / 2 });
    expect(readdirSync(spools)).to.deep.equal([]);
    rmSync(join(folder, 'gathered.json.gz'));
  });

  it('leave no temporary file where they are interrupted', async () => {
    for (const words of [
      'diff a.json b.json',
      'merge a.json b.json -o other.json',
      'merge a.json b.json -o other.json --sources other',
    ]) {
      const interruption = new AbortController();
      const before = readdirSync(folder).length;
      // When something waits in a temporary file, whatever else the machine has to do: beside an output, or in TMPDIR.
      const watch = setInterval(() => {
        if (readdirSync(spools).length > 0 || readdirSync(folder).length > before) interruption.abort();
      }, 5);
      const { code } = await run('portolan', words.split(' '), {
        ...{ cwd: folder, env: { TMPDIR: spools }, signal: interruption.signal, killSignal: 'SIGTERM' },
      });
      clearInterval(watch);
      expect(interruption.signal.aborted).to.equal(true);
      expect(code).to.equal(143);
      expect(readdirSync(spools)).to.deep.equal([]);
      expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).to.deep.equal([]);
      rmSync(join(folder, 'other.json'), { force: true });
    }
  });
});
