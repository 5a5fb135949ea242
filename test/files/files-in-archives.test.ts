import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import type { FileRecord } from '../../src/archive/parts/file-record.js';
import type { NamedFile } from '../../src/index.js';
import { copyFiles, Findings, localFiles, openArchive, resealArchive, verifyArchive } from '../../src/index.js';
import { codeOf, read, sampleHeader, sampleLines as lines } from '../archive/sample-archive.js';
import { failureOf } from '../support/failure.js';
import { usualSeed } from '../support/usual-seed.js';

const seed = usualSeed();

describe('an archive with files beside its rows', () => {
  let folder: string;
  let uploads: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-archive-files-'));
    uploads = join(folder, 'uploads');
    mkdirSync(join(uploads, 'deep'), { recursive: true });
    for (const name of ['a.txt', 'deep/b.bin', 'empty', 'naïve ☃.png', `${'l'.repeat(120)}/${'m'.repeat(130)}`])
      put(name, `content of ${name}`);
    put('empty', '');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function put(name: string, content: string | Buffer): void {
    mkdirSync(join(uploads, name, '..'), { recursive: true });
    writeFileSync(join(uploads, name), content);
  }

  const all = ['deep/b.bin', 'a.txt', 'empty', 'naïve ☃.png', `${'l'.repeat(120)}/${'m'.repeat(130)}`];

  async function write(output: string, names: readonly string[] = all, partBytes = 300): Promise<readonly string[]> {
    const writer = await createArchiveWriter({ output, header: sampleHeader, force: true, partBytes });
    try {
      for (const line of lines) await writer.write(Buffer.from(writer.lineStart + line));
      const sink = (await writer.openFiles?.())!;
      const findings = new Findings();
      async function* files(): AsyncGenerator<NamedFile> {
        for (const path of names) {
          await Promise.resolve();
          yield { object: { model: 'a.parent', pk: 2, name: 'a.parent.2' }, path, name: path };
        }
      }
      for await (const { name, bytes, sha256 } of copyFiles(files(), { source: localFiles(uploads), sink, findings }))
        await writer.record?.({ model: 'a.parent', pk: 2, name, bytes, sha256 });
      await writer.finish({
        objects: { 'a.parent': 2, 'a.child': 1 },
        links: {},
        total: 3,
        external: [],
        dangling: [],
        leftOut: [],
      });
      return findings.all.map(({ kind }) => kind);
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  async function filesOf(path: string): Promise<ReadonlyMap<string, string>> {
    const [contents, proven] = [new Map<string, string>(), new Map<string, string>()];
    await (
      await openArchive(path)
    ).files({
      file: async (name, bytes) => {
        const chunks: Buffer[] = [];
        for await (const chunk of bytes) chunks.push(chunk);
        contents.set(name, Buffer.concat(chunks).toString());
      },
      record: ({ name, model, pk }: FileRecord) => {
        expect([model, pk]).to.deep.equal(['a.parent', 2]);
        proven.set(name, contents.get(name)!);
        return Promise.resolve();
      },
    });
    return proven;
  }

  for (const name of ['out/', 'out.tar', 'out.tar.gz']) {
    it(`gives them back as they were, with who names them, and the same bytes each time: ${name}`, async () => {
      const path = join(folder, name);
      expect(await write(path)).to.deep.equal([]);
      const { trailer } = await verifyArchive(path);
      expect(trailer.files).to.deep.equal({
        count: all.length,
        bytes: all.reduce((sum, one) => sum + readFileSync(join(uploads, one)).length, 0),
      });
      expect(trailer.parts!.map((part) => part.name)).to.include.members(['files-000001.jsonl', 'files-000002.jsonl']);
      expect([...(await filesOf(path))]).to.deep.equal(all.map((one) => [one, readFileSync(join(uploads, one), 'utf8')]));
      expect((await read(path)).map((object) => JSON.stringify(object))).to.deep.equal(lines);
      expect(readdirSync(folder).sort()).to.deep.equal([name.replace('/', ''), 'uploads'].sort());
      await write(join(folder, `again-${name}`));
      if (!name.endsWith('/')) expect(readFileSync(join(folder, `again-${name}`))).to.deep.equal(readFileSync(path));
      expect((await verifyArchive(join(folder, `again-${name}`))).trailer).to.deep.equal(trailer);
    });
  }

  for (const name of ['out/', 'out.tar', 'out.tar.gz']) {
    it(`is given up without a trace: ${name}`, async () => {
      const big = Buffer.alloc(3 * 1024 * 1024, 'x');
      put('big', big);
      const writer = await createArchiveWriter({ output: join(folder, name), header: sampleHeader, force: false });
      const sink = (await writer.openFiles?.())!;
      const draft = await sink.create('big');
      for (let at = 0; at < big.length; at += 1 << 18) await draft.write(big.subarray(at, at + (1 << 18)));
      await writer.abort();
      expect(readdirSync(folder)).to.deep.equal(['uploads']);
    });
  }

  describe('is refused', () => {
    const path = (...names: readonly string[]): string => join(folder, 'out', ...names);

    beforeEach(async () => {
      await write(join(folder, 'out/'));
    });

    for (const [what, change, says] of [
      ['where a file is missing', () => rmSync(path('files', 'a.txt')), /"files\/a\.txt" is missing/u],
      [
        'where a file has another byte',
        () => writeFileSync(path('files', 'a.txt'), 'Content of a.txt'),
        /"files\/a\.txt" is not what/u,
      ],
      ['where a file is cut', () => truncateSync(path('files', 'deep', 'b.bin'), 3), /"files\/deep\/b\.bin" is not what/u],
      ['where a file is too much', () => writeFileSync(path('files', 'more'), ''), /files that are in no list/u],
      [
        'where a file has another name',
        () => renameSync(path('files', 'a.txt'), path('files', 'A.txt')),
        /"files\/a\.txt" is missing/u,
      ],
      [
        'where a file is a link, also one to the same content',
        () => {
          renameSync(path('files', 'a.txt'), join(folder, 'a.txt'));
          symlinkSync(join(folder, 'a.txt'), path('files', 'a.txt'));
        },
        /"files\/a\.txt" is no regular file/u,
      ],
      [
        'where the folder of a file is a link',
        () => {
          renameSync(path('files', 'deep'), join(folder, 'deep'));
          symlinkSync(join(folder, 'deep'), path('files', 'deep'));
        },
        /"files\/deep\/b\.bin" is no regular file/u,
      ],
      ['where a list is missing', () => rmSync(path('files-000002.jsonl')), /./u],
      [
        'where two lists are exchanged',
        () => {
          renameSync(path('files-000001.jsonl'), path('x'));
          renameSync(path('files-000002.jsonl'), path('files-000001.jsonl'));
          renameSync(path('x'), path('files-000002.jsonl'));
        },
        /files-00000\d\.jsonl is not what was written|count/u,
      ],
      [
        'where a list leads elsewhere',
        () => {
          const list = readFileSync(path('files-000001.jsonl'), 'utf8');
          writeFileSync(path('files-000001.jsonl'), list.replace('"name":"deep/b.bin"', '"name":"../../uploads/a.txt"'));
        },
        /tells of no file/u,
      ],
      [
        'where the folder of files is no folder',
        () => {
          rmSync(path('files'), { recursive: true });
          writeFileSync(path('files'), '');
        },
        /"files" is no part/u,
      ],
    ] as const) {
      it(what, async () => {
        change();
        const failure = await failureOf(verifyArchive(path()));
        expect(failure)
          .to.have.property('code')
          .that.matches(/^ARCHIVE_(DAMAGED|TRUNCATED)/u);
        expect((failure as Error).message).to.match(says);
      });
    }

    it('where any byte of any file or list is altered', async () => {
      const names = readdirSync(path(), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      for (const name of names) {
        const bytes = readFileSync(name);
        if (bytes.length === 0) continue;
        for (const [at, mask] of fc.sample(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 })), {
          numRuns: 15,
        })) {
          const altered = Buffer.from(bytes);
          altered[at] = bytes[at]! ^ mask;
          writeFileSync(name, altered);
          expect(await codeOf(verifyArchive(path())), `${name} at ${at} by ${mask}, seed ${seed}`).to.match(/^ARCHIVE_/u);
        }
        writeFileSync(name, bytes);
      }
      expect(await codeOf(verifyArchive(path()))).to.equal('accepted');
    });

    it('by those who would seal it again, and where its lines alone are one file', async () => {
      expect(await codeOf(resealArchive(path()))).to.equal('ARCHIVE_FILES');
      const parts = ['header.json', 'objects-000001.jsonl', 'trailer.json'].map((name) => readFileSync(path(name), 'utf8'));
      writeFileSync(join(folder, 'one.jsonl'), parts.join(''));
      expect(await codeOf(read(join(folder, 'one.jsonl')))).to.equal('ARCHIVE_DAMAGED');
    });
  });

  it('takes the place of another one, files and all', async () => {
    await write(join(folder, 'out/'));
    await write(join(folder, 'out'), ['a.txt']);
    expect([...(await filesOf(join(folder, 'out'))).keys()]).to.deep.equal(['a.txt']);
    expect(readdirSync(folder).sort()).to.deep.equal(['out', 'uploads']);
    cpSync(uploads, join(folder, 'out', 'files', 'of-mine'), { recursive: true });
    expect(existsSync(join(folder, 'out', 'files', 'of-mine', 'a.txt'))).to.equal(true);
    expect(await codeOf(read(join(folder, 'out')))).to.equal('ARCHIVE_DAMAGED');
  });

  it('holds no file in memory, however large it is', async function () {
    this.timeout(300_000);
    put('huge', '');
    truncateSync(join(uploads, 'huge'), 300 * 1024 * 1024);
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    try {
      await write(join(folder, 'out.tar.gz'), ['a.txt', 'huge']);
      expect((await verifyArchive(join(folder, 'out.tar.gz'))).trailer.files?.count).to.equal(2);
    } finally {
      clearInterval(watch);
    }
    expect(Math.round((most - before) / 1024 / 1024)).to.be.lessThan(150);
    expect(readdirSync(folder).sort()).to.deep.equal(['out.tar.gz', 'uploads']);
  });
});
