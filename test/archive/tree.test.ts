import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkTree, openTree } from '../../src/archive/tree/open-tree.js';
import { failureOf } from '../support/failure.js';

/** Members that are written piece by piece, in turns. */
const drafts = fc.uniqueArray(
  fc.record({
    path: fc
      .array(fc.constantFrom('a', 'b', 'ü', 'x'.repeat(120), 'y.json'), { minLength: 1, maxLength: 4 })
      .map((names) => `${names.join('/')}/f`),
    pieces: fc.array(fc.integer({ min: 0, max: 1_500_000 }), { maxLength: 4 }),
  }),
  { selector: ({ path }) => path, maxLength: 5 },
);

describe('an output of many files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-tree-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const filesOf = (root: string): Record<string, Buffer> =>
    Object.fromEntries(
      (readdirSync(root, { recursive: true }) as string[])
        .filter((path) => statSync(join(root, path)).isFile())
        .map((path) => [path, readFileSync(join(root, path))]),
    );

  for (const output of ['out', 'out.tar', 'out.tar.gz']) {
    it(`holds what was written, of whatever size and in whatever turns, and nothing else: ${output}`, async () => {
      await fc.assert(
        fc.asyncProperty(drafts, async (members) => {
          const place = join(mkdtempSync(join(folder, 'run-')), output);
          const tree = await openTree(place, false);
          const open = await Promise.all(members.map(({ path }) => tree.create(path)));
          const contents = members.map(({ path, pieces }) => pieces.map((size, at) => Buffer.alloc(size, `${path}${at}`)));
          for (let turn = 0; turn < 4; turn += 1) {
            for (const [at, member] of open.entries()) {
              const piece = contents[at]![turn];
              if (piece !== undefined) await member.write(piece);
            }
          }
          const written = await Promise.all(open.map((member) => member.finish()));
          expect(existsSync(place)).to.equal(false);
          await tree.finish();
          expect(readdirSync(join(place, '..'))).to.deep.equal([output]);
          if (output !== 'out') {
            mkdirSync(join(place, '..', 'unpacked'));
            execFileSync('tar', ['-xf', place, '-C', join(place, '..', 'unpacked')]);
          }
          const expected = Object.fromEntries(members.map(({ path }, at) => [path, Buffer.concat(contents[at]!)]));
          const found = output === 'out' ? place : join(place, '..', 'unpacked', 'out');
          expect(members.length === 0 ? {} : filesOf(found)).to.deep.equal(expected);
          expect(written.map(({ path, bytes }) => [path, bytes])).to.deep.equal(
            members.map(({ path }) => [path, expected[path]!.length]),
          );
          rmSync(join(place, '..'), { recursive: true });
        }),
        { numRuns: 4 },
      );
    });

    it(`leaves nothing behind when it is given up, however far it was: ${output}`, async () => {
      const tree = await openTree(join(folder, output), false);
      const [first, second] = [await tree.create('a/b'), await tree.create('c')];
      await first.write(Buffer.alloc(3_000_000));
      await second.write(Buffer.alloc(10));
      await second.finish();
      await tree.abort();
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  }

  it('is for nobody else to read', async () => {
    for (const output of ['out', 'out.tar']) {
      const tree = await openTree(join(folder, output), false);
      await (await tree.create('a/b')).finish();
      await tree.finish();
    }
    expect(['out', 'out/a'].map((path) => statSync(join(folder, path)).mode & 0o777)).to.deep.equal([0o700, 0o700]);
    expect(['out/a/b', 'out.tar'].map((path) => statSync(join(folder, path)).mode & 0o777)).to.deep.equal([0o600, 0o600]);
  });

  it('takes an empty folder, never one that has something in it, and a file only by force', async () => {
    mkdirSync(join(folder, 'empty'));
    await (await openTree(join(folder, 'empty'), false)).finish();
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'precious'), 'precious');
    writeFileSync(join(folder, 'out.tar'), 'old');
    for (const force of [false, true]) {
      expect(await failureOf(checkTree(join(folder, 'full'), force))).to.include({ code: 'OUTPUT_EXISTS' });
      expect(await failureOf(openTree(join(folder, 'full'), force))).to.include({ code: 'OUTPUT_EXISTS' });
    }
    expect(await failureOf(checkTree(join(folder, 'out.tar'), false))).to.include({ code: 'OUTPUT_EXISTS' });
    await checkTree(join(folder, 'out.tar'), true);
    await (await openTree(join(folder, 'out.tar'), true)).finish();
    expect(readFileSync(join(folder, 'out.tar'), 'utf8')).not.to.include('old');
    expect(readFileSync(join(folder, 'full', 'precious'), 'utf8')).to.equal('precious');
  });

  it('refuses a folder that was filled meanwhile, and leaves it', async () => {
    const tree = await openTree(join(folder, 'out'), false);
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out', 'precious'), 'precious');
    expect(await failureOf(tree.finish())).to.include({ code: 'OUTPUT_EXISTS' });
    await tree.abort();
    expect(readdirSync(folder)).to.deep.equal(['out']);
  });

  it('cannot be one document', async () => {
    for (const output of ['-', 'out.json', 'out.jsonl.gz', 'out.zip']) {
      expect(await failureOf(checkTree(output, false)), output).to.include({ code: 'OUTPUT_LAYOUT' });
    }
    expect(await failureOf(checkTree(join(folder, 'nowhere', 'out'), false))).to.include({ code: 'FOLDER_MISSING' });
  });
});
