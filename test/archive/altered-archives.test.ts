import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { resealArchive } from '../../src/archive/reseal-archive.js';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import { failureOf } from '../support/failure.js';
import { usualSeed } from '../support/usual-seed.js';
import { codeOf, read, sampleLines, write } from './sample-archive.js';

const seed = usualSeed();

/** With everything that a trailer can tell. */
const lines = [
  ...sampleLines,
  '{"fields":{"parent":50},"model":"a.child","pk":"00000000-0000-0000-0000-000000000002"}',
  '{"fields":{"parent":99},"model":"a.child","pk":"00000000-0000-0000-0000-000000000003"}',
];
const trailer = {
  external: [{ model: 'a.parent', naturalKey: { name: 'stays at home' }, pk: 50 }],
  dangling: [{ object: 'a.child.00000000-0000-0000-0000-000000000003', reference: 'a.child.parent' }],
  leftOut: [{ model: 'a.other', rule: 'exclude', count: 3 }],
};

/** Bytes of a compressed file that say nothing of its content: time, flags and system of gzip, and what fills its last bits. */
const compressed = /\.(gz|br)$/u;

describe('an archive that is no more what was written', function () {
  this.timeout(300_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-altered-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const name of ['a.json', 'a.jsonl', 'a.json.gz', 'a.jsonl.br']) {
    async function whole(): Promise<{ readonly bytes: Buffer; readonly damaged: string }> {
      const file = join(folder, name);
      await write(file, lines, { trailer });
      await verifyArchive(file);
      return { bytes: readFileSync(file), damaged: join(folder, `damaged-${name}`) };
    }

    it(`is refused when it is cut at any byte: ${name}`, async () => {
      const { bytes, damaged } = await whole();
      for (let length = 0; length < bytes.length; length += 1) {
        writeFileSync(damaged, bytes.subarray(0, length));
        expect(await codeOf(read(damaged)), `cut at ${length}`).to.match(/^ARCHIVE_/u);
      }
    });

    it(`is refused when any byte is altered: ${name}`, async () => {
      const { bytes, damaged } = await whole();
      const masks = fc.sample(fc.integer({ min: 1, max: 255 }), { numRuns: bytes.length });
      for (let at = 0; at < bytes.length; at += 1) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ (masks[at] ?? 1);
        writeFileSync(damaged, altered);
        const code = await codeOf(read(damaged));
        const where = `altered at ${at}, seed ${seed}: ${altered.toString('latin1', at - 10, at + 10)}`;
        if (code === 'accepted' && compressed.test(name)) {
          expect(
            (await read(damaged)).map((object) => JSON.stringify(object)),
            where,
          ).to.deep.equal(lines);
        } else expect(code, where).to.match(/^ARCHIVE_/u);
      }
    });

    it(`is sealed again or refused, and nothing else, when any byte is altered: ${name}`, async () => {
      const { bytes, damaged } = await whole();
      const places = fc.sample(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 })), {
        numRuns: 200,
      });
      for (const [at, mask] of places) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ mask;
        writeFileSync(damaged, altered);
        const code = await codeOf(resealArchive(damaged));
        const where = `altered at ${at}, seed ${seed}: ${altered.toString('latin1', at - 10, at + 10)}`;
        expect(code, where).to.match(/^(ARCHIVE_|accepted)/u);
        if (code === 'accepted') await verifyArchive(damaged);
        else expect(readFileSync(damaged), where).to.deep.equal(altered);
      }
    });
  }

  it('is called cut where it ends within its first line, and laid out anew where it is one line', async () => {
    const path = join(folder, 'one.json');
    await write(path, lines, { trailer });
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, 200));
    expect(await codeOf(verifyArchive(path))).to.equal('ARCHIVE_TRUNCATED');
    writeFileSync(path, JSON.stringify(JSON.parse(text)));
    const failure = await failureOf(verifyArchive(path));
    expect(failure).to.include({
      code: 'ARCHIVE_DAMAGED',
      message: `${path}: all of it is one line, where an archive has one for each object`,
    });
    await resealArchive(path);
    expect((await verifyArchive(path)).trailer.total).to.equal(lines.length);
  });
});
