import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import { checkOutput } from '../../src/archive/check-output.js';
import { openArchive } from '../../src/archive/open-archive.js';
import { PartsWriter } from '../../src/archive/parts/parts-writer.js';
import { resealArchive } from '../../src/archive/reseal-archive.js';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import type { PortolanError } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { usualSeed } from '../support/usual-seed.js';
import { codeOf, read, sampleHeader, sampleLines as lines, write } from './sample-archive.js';

const seed = usualSeed();
const none = { objects: {}, links: {}, total: 0, external: [], dangling: [], leftOut: [] };

/** Objects of a model without references, so many and so long. */
function parents(count: number, length: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, at) => `{"fields":{"name":"${'x'.repeat((at * 7) % length)}"},"model":"a.parent","pk":${String(at + 1)}}`,
  );
}

describe('an archive in parts', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-parts-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  async function writeSmallParts(output: string, objects: readonly string[], partBytes = 200): Promise<void> {
    const writer = await createArchiveWriter({ output, header: sampleHeader, force: true, partBytes });
    for (const line of objects) await writer.write(Buffer.from(writer.lineStart + line));
    const count = (model: string): number => objects.filter((line) => line.includes(`"model":"${model}"`)).length;
    const counts = { 'a.parent': count('a.parent'), 'a.child': count('a.child') };
    await writer.finish({ ...none, objects: counts, total: objects.length });
  }

  it('has the bytes of the JSON lines form, cut where a part is full, whatever pieces they come in', async () => {
    const line = fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom('a', 'é', '😀') });
    const pieces = fc.array(fc.array(line, { minLength: 1, maxLength: 8 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 150 }), async (drawn, limit) => {
        const parts = new Map<string, Buffer>();
        const writer = new PartsWriter(
          {
            create: () => Promise.reject(new Error('no files')),
            part: (name, bytes) => Promise.resolve(void parts.set(name, Buffer.from(bytes))),
            finish: (last) => Promise.resolve({ bytes: 0, sha256: last.sha256 }),
            abort: () => Promise.resolve(),
          },
          limit,
        );
        await writer.begin(sampleHeader);
        for (const piece of drawn) await writer.write(Buffer.from(piece.map((one) => writer.lineStart + one).join('')));
        const { trailer } = await writer.finish(none);
        const all = drawn.flat();
        const told = [...parts].slice(0, -1);
        const bytes = Buffer.concat(told.map(([, part]) => part));
        expect(bytes.toString()).to.equal([parts.get('header.json')!.toString().trimEnd(), ...all, ''].join('\n'));
        expect(trailer.sha256).to.equal(digestOf(bytes));
        expect(trailer.parts).to.deep.equal(told.map(([name, part]) => ({ name, bytes: part.length, sha256: digestOf(part) })));
        // Full: neither over the limit, unless by a single line, nor cut before the next line needs it.
        const objects = told.slice(1).map(([, part]) => part);
        for (const [at, part] of objects.entries()) {
          const ends = part.toString().split('\n').length - 1;
          expect(part.at(-1)).to.equal(0x0a);
          expect(part.length <= limit || ends === 1, `part ${at}, limit ${limit}`).to.equal(true);
          const next = objects[at + 1];
          if (next !== undefined) expect(part.length + next.indexOf(0x0a) + 1).to.be.greaterThan(limit);
        }
      }),
      { numRuns: 200 },
    );
  });

  for (const name of ['out/', 'out.tar', 'out.tar.gz', 'out.tgz', 'out.tar.br']) {
    it(`is read as it was written, several times, and by its name only when it is whole: ${name}`, async () => {
      const path = join(folder, name);
      const objects = [...parents(100, 90), lines[2]!];
      await writeSmallParts(path, objects);
      await writeSmallParts(join(folder, 'one.jsonl'), objects);
      const one = await verifyArchive(join(folder, 'one.jsonl'));
      const many = await verifyArchive(path);
      expect(many.trailer.parts!.length).to.be.greaterThan(10);
      expect(many.trailer.sha256).to.equal(one.trailer.sha256);
      expect(many.header).to.deep.equal(one.header);
      const archive = await openArchive(path);
      for (let pass = 0; pass < 2; pass += 1) {
        const found: string[] = [];
        for await (const batch of archive.objects()) found.push(...batch.map((object) => JSON.stringify(object)));
        expect(found).to.deep.equal(objects);
        expect(archive.position.share).to.equal(1);
      }
      const only: unknown[] = [];
      for await (const batch of archive.encoded(new Set(['a.child']))) only.push(...batch.map(({ model }) => model));
      expect(only).to.deep.equal(['a.child']);
      expect(readdirSync(folder).sort()).to.deep.equal(['one.jsonl', name.replace('/', '')].sort());
      const again = join(folder, `again-${name}`);
      await writeSmallParts(again, objects);
      if (!name.endsWith('/')) expect(readFileSync(again)).to.deep.equal(readFileSync(path));
    });
  }

  it('in a folder is for its owner only, and known by the digest of its trailer', async () => {
    const writer = await createArchiveWriter({ output: join(folder, 'out/'), header: sampleHeader, force: false });
    const { bytes, sha256 } = await writer.finish(none);
    const names = readdirSync(join(folder, 'out'));
    expect(statSync(join(folder, 'out')).mode & 0o777).to.equal(0o700);
    for (const name of names) expect(statSync(join(folder, 'out', name)).mode & 0o777).to.equal(0o600);
    expect(sha256).to.equal(digestOf(readFileSync(join(folder, 'out', 'trailer.json'))));
    expect(bytes).to.equal(names.reduce((sum, name) => sum + statSync(join(folder, 'out', name)).size, 0));
  });

  it('takes the place of another only if that is one, and if it is to', async () => {
    const path = join(folder, 'out');
    await write(`${path}/`, lines);
    expect(await codeOf(createArchiveWriter({ output: path, header: sampleHeader, force: false }))).to.equal('OUTPUT_EXISTS');
    expect(await codeOf(checkOutput(path, { force: false }))).to.equal('OUTPUT_EXISTS');
    await write(path, lines.slice(0, 1));
    expect((await read(path)).length).to.equal(1);
    for (const [name, make] of [
      ['notes.txt', (): void => writeFileSync(join(path, 'notes.txt'), 'mine')],
      ['objects-000007.jsonl', (): void => mkdirSync(join(path, 'objects-000007.jsonl'))],
      ['objects-000008.jsonl', (): void => symlinkSync('/etc/hostname', join(path, 'objects-000008.jsonl'))],
      ['header.json', (): void => writeFileSync(join(path, 'header.json'), '{"headers":{}}')],
    ] as const) {
      make();
      const before = readdirSync(path);
      for (const work of [
        (): Promise<unknown> => checkOutput(path, { force: true }),
        (): Promise<unknown> => createArchiveWriter({ output: path, header: sampleHeader, force: true }),
      ]) {
        const failure = (await failureOf(work())) as PortolanError;
        expect(failure, name).to.include({ code: 'OUTPUT_EXISTS' });
        expect(failure.message).to.match(/only an archive in parts is replaced/u);
      }
      expect(readdirSync(path), name).to.deep.equal(before);
      if (name !== 'header.json') rmSync(join(path, name), { recursive: true });
    }
    expect(readdirSync(folder)).to.deep.equal(['out']);
  });

  it('takes the place of nothing that came while it was written', async () => {
    const path = join(folder, 'out');
    for (const force of [false, true]) {
      const writer = await createArchiveWriter({ output: `${path}/`, header: sampleHeader, force });
      mkdirSync(path);
      writeFileSync(join(path, 'notes.txt'), 'mine');
      expect(await codeOf(writer.finish(none))).to.equal('OUTPUT_EXISTS');
      await writer.abort();
      expect(readdirSync(folder)).to.deep.equal(['out']);
      expect(readdirSync(path)).to.deep.equal(['notes.txt']);
      rmSync(path, { recursive: true });
    }
  });

  it('that is given up leaves nothing, and what it was to replace as it was', async () => {
    await write(join(folder, 'old/'), lines);
    for (const [output, force] of [
      ['new/', false],
      ['new.tar', false],
      ['new.tar.gz', false],
      ['old', true],
    ] as const) {
      const writer = await createArchiveWriter({ output: join(folder, output), header: sampleHeader, force, partBytes: 100 });
      for (const line of parents(50, 60)) await writer.write(Buffer.from(writer.lineStart + line));
      await writer.abort();
      expect(readdirSync(folder), output).to.deep.equal(['old']);
    }
    expect((await read(join(folder, 'old'))).length).to.equal(3);
  });

  it('follows a link to a folder, which stays one', async () => {
    await write(join(folder, 'real/'), lines);
    symlinkSync('real', join(folder, 'link'));
    await write(join(folder, 'link'), lines.slice(0, 1));
    expect((await read(join(folder, 'real'))).length).to.equal(1);
    expect(readdirSync(folder).sort()).to.deep.equal(['link', 'real']);
  });

  for (const name of ['out.tar', 'out.tar.gz']) {
    it(`is refused when it is cut or altered at any byte, but for those that say nothing: ${name}`, async () => {
      const [whole, damaged] = [join(folder, name), join(folder, `damaged-${name}`)];
      await writeSmallParts(whole, lines, 100);
      await writeSmallParts(join(folder, 'out/'), lines, 100);
      const bytes = readFileSync(whole);
      const contents = readdirSync(join(folder, 'out')).map((part) => {
        const content = readFileSync(join(folder, 'out', part));
        return [bytes.indexOf(content), bytes.indexOf(content) + content.length] as const;
      });
      const place = fc.nat({ max: bytes.length - 1 });
      for (const length of fc
        .sample(place, { numRuns: 100 })
        .concat(0, bytes.length - 1, bytes.length - 512, bytes.length - 1024)) {
        writeFileSync(damaged, bytes.subarray(0, length));
        expect(await codeOf(read(damaged)), `cut at ${length}`).to.match(/^ARCHIVE_/u);
      }
      for (const [at, mask] of fc.sample(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { numRuns: 250 })) {
        const altered = Buffer.from(bytes);
        altered[at] = bytes[at]! ^ mask;
        writeFileSync(damaged, altered);
        const where = `altered at ${at} by ${mask}, seed ${seed}`;
        const code = await codeOf(read(damaged));
        // What fills a block of a tar file or ends a number of its headers; the time, flags and system of gzip.
        const saysNothing = name.endsWith('.gz') || !contents.some(([start, end]) => at >= start && at < end);
        if (code !== 'accepted' || !saysNothing) expect(code, where).to.match(/^ARCHIVE_/u);
        else
          expect(
            (await read(damaged)).map((object) => JSON.stringify(object)),
            where,
          ).to.deep.equal(lines);
      }
    });
  }

  it('is refused when any byte of any part is altered, or any part is cut: a folder', async () => {
    const path = join(folder, 'out');
    await writeSmallParts(path + '/', lines, 100);
    for (const name of readdirSync(path)) {
      const bytes = readFileSync(join(path, name));
      for (const [at, mask] of fc.sample(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), {
        numRuns: 120,
      })) {
        const altered = Buffer.from(mask === 0 ? bytes.subarray(0, at) : bytes);
        if (mask > 0) altered[at] = bytes[at]! ^ mask;
        writeFileSync(join(path, name), altered);
        expect(await codeOf(read(path)), `${name} at ${at} by ${mask}, seed ${seed}`).to.match(/^ARCHIVE_/u);
      }
      writeFileSync(join(path, name), bytes);
    }
    expect(await codeOf(read(path))).to.equal('accepted');
  });

  describe('is refused', () => {
    const path = (): string => join(folder, 'out');
    const part = (name: string): string => join(path(), name);

    beforeEach(async () => {
      await writeSmallParts(`${path()}/`, parents(20, 90));
    });

    for (const [what, change, code, says] of [
      [
        'part is missing in the middle',
        () => rmSync(part('objects-000002.jsonl')),
        'ARCHIVE_DAMAGED',
        /000003.* where .*000002/u,
      ],
      ['last part is missing', () => rmSync(part(lastPart())), 'ARCHIVE_DAMAGED', /objects-\d+\.jsonl is missing/u],
      ['header is missing', () => rmSync(part('header.json')), 'ARCHIVE_NOT_OURS', /header\.json/u],
      ['trailer is missing', () => rmSync(part('trailer.json')), 'ARCHIVE_TRUNCATED', /trailer\.json/u],
      ['part is too much', () => copyFileSync(part('objects-000001.jsonl'), part(nextPart())), 'ARCHIVE_UNSORTED', /./u],
      ['empty part is too much', () => writeFileSync(part(nextPart()), ''), 'ARCHIVE_DAMAGED', /is none of its parts/u],
      ['file is none of it', () => writeFileSync(part('notes.txt'), ''), 'ARCHIVE_DAMAGED', /"notes\.txt" is no part/u],
      ['folder is none of it', () => mkdirSync(part('more')), 'ARCHIVE_DAMAGED', /"more" is no part/u],
      [
        'part is named with fewer or more digits',
        () => renameSync(part('objects-000002.jsonl'), part('objects-0000002.jsonl')),
        'ARCHIVE_DAMAGED',
        /is no part/u,
      ],
      [
        'part is a link',
        () => {
          renameSync(part('objects-000002.jsonl'), join(folder, 'elsewhere'));
          symlinkSync(join(folder, 'elsewhere'), part('objects-000002.jsonl'));
        },
        'ARCHIVE_DAMAGED',
        /is no regular file/u,
      ],
      [
        'parts are exchanged',
        () => {
          renameSync(part('objects-000002.jsonl'), part('x'));
          renameSync(part('objects-000003.jsonl'), part('objects-000002.jsonl'));
          renameSync(part('x'), part('objects-000003.jsonl'));
        },
        'ARCHIVE_UNSORTED',
        /./u,
      ],
      [
        'part ends in another place, although all lines are there',
        () => {
          const both = readFileSync(part('objects-000002.jsonl'), 'utf8') + readFileSync(part('objects-000003.jsonl'), 'utf8');
          const end = both.indexOf('\n') + 1;
          writeFileSync(part('objects-000002.jsonl'), both.slice(0, end));
          writeFileSync(part('objects-000003.jsonl'), both.slice(end));
        },
        'ARCHIVE_DAMAGED',
        /objects-000002\.jsonl is not what was written/u,
      ],
      [
        'part ends within a line, and the next goes on with it',
        () => {
          const first = readFileSync(part('objects-000002.jsonl'), 'utf8');
          writeFileSync(part('objects-000002.jsonl'), first.slice(0, -5));
          writeFileSync(part('objects-000003.jsonl'), first.slice(-5) + readFileSync(part('objects-000003.jsonl'), 'utf8'));
        },
        'ARCHIVE_TRUNCATED',
        /objects-000002\.jsonl is cut/u,
      ],
    ] as const) {
      it(`where a ${what}`, async () => {
        change();
        const failure = (await failureOf(read(path()))) as PortolanError;
        expect(failure).to.include({ code });
        expect(failure.message).to.match(says);
      });
    }

    it('where it is changed while it is read', async () => {
      const archive = await openArchive(path());
      for await (const batch of archive.objects()) expect(batch.length).to.be.greaterThan(0);
      writeFileSync(part('objects-000001.jsonl'), readFileSync(part('objects-000001.jsonl')));
      expect(await codeOf(archive.objects().next())).to.equal('ARCHIVE_CHANGED');
    });

    function lastPart(): string {
      return readdirSync(path())
        .filter((name) => name.startsWith('objects-'))
        .at(-1)!;
    }

    function nextPart(): string {
      return `objects-${String(Number(lastPart().slice(8, 14)) + 1).padStart(6, '0')}.jsonl`;
    }
  });

  it('is sealed again after an edit, in its place or elsewhere, and stays as it is where that fails', async () => {
    const path = join(folder, 'out');
    await write(`${path}/`, lines);
    const edited = readFileSync(join(path, 'objects-000001.jsonl'), 'utf8').trimEnd().split('\n').reverse().join('\n');
    writeFileSync(join(path, 'objects-000001.jsonl'), `${edited}\n`);
    expect(await codeOf(read(path))).to.equal('ARCHIVE_UNSORTED');
    cpSync(path, join(folder, 'copy'), { recursive: true });
    await resealArchive(join(folder, 'copy'), join(folder, 'elsewhere.tar.gz'));
    await resealArchive(path);
    for (const one of [path, join(folder, 'elsewhere.tar.gz')]) {
      expect((await verifyArchive(one)).header.edited).to.equal(true);
      expect((await read(one)).map((object) => JSON.stringify(object))).to.deep.equal(lines);
    }
    writeFileSync(join(path, 'objects-000001.jsonl'), `${lines[2]!}\n`);
    expect(await codeOf(resealArchive(path))).to.equal('ARCHIVE_NOT_CLOSED');
    expect(readFileSync(join(path, 'objects-000001.jsonl'), 'utf8')).to.equal(`${lines[2]!}\n`);
    expect(readdirSync(folder).sort()).to.deep.equal(['copy', 'elsewhere.tar.gz', 'out']);
    expect(existsSync(join(folder, 'out', 'trailer.json'))).to.equal(true);
  });
});

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
