import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { CopiedFile, FileSource, NamedFile, StoredFacts } from '../../src/index.js';
import { copyFiles, Findings, localFiles, objectFiles, placedFiles } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { storeKinds, useStore } from '../store/store-kinds.js';
import { MemorySink } from './memory-sink.js';

interface Copied {
  readonly copied: readonly CopiedFile[];
  readonly sink: MemorySink;
  readonly findings: readonly string[];
}

async function copy(files: readonly (string | (Partial<NamedFile> & { path: string }))[], source: FileSource): Promise<Copied> {
  const [sink, findings] = [new MemorySink(), new Findings()];
  async function* named(): AsyncGenerator<NamedFile> {
    for (const [at, one] of files.entries()) {
      await Promise.resolve();
      const { path, name = path, ...rest } = typeof one === 'string' ? { path: one } : one;
      yield { object: { model: 'a.b', pk: at, name: `a.b.${at}` }, path, name, ...rest };
    }
  }
  const copied: CopiedFile[] = [];
  try {
    for await (const one of copyFiles(named(), { source, sink, findings })) copied.push(one);
  } finally {
    expect(sink.open, 'drafts left open').to.equal(0);
  }
  return { copied, sink, findings: findings.all.map(({ kind, on }) => `${kind} ${on}`) };
}

async function all(paths: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of paths) found.push(path);
  return found;
}

for (const kind of storeKinds) {
  describe(`files of ${kind.scheme}:// that rows name`, function () {
    this.timeout(30_000);
    const server = useStore(kind, 'media-bucket');
    const url = `${kind.scheme}://media-bucket`;
    const put = (name: string, bytes: string | Buffer, version = '"1"', metadata: Readonly<Record<string, string>> = {}): void =>
      void server.buckets.get('media-bucket')!.set(name, { bytes: Buffer.from(bytes), version, headers: {}, metadata });

    beforeEach(() => {
      server.buckets.get('media-bucket')!.clear();
      server.before = undefined;
      server.steps.length = 0;
    });

    it('are copied with size and digests, and with what the store knows of them', async () => {
      const large = randomBytes(5_000_000);
      put('large', large, '"1"', { realm_id: '2' });
      put('ä & ö/ü.txt', 'text');
      put('empty', '');
      const { copied, sink, findings } = await copy(['large', 'ä & ö/ü.txt', 'empty'], objectFiles(url));
      expect(findings).to.deep.equal([]);
      expect(sink.files.get('large') === large.toString('latin1')).to.equal(true);
      expect(sink.files.get('ä & ö/ü.txt')).to.equal('text');
      expect(copied.map(({ bytes }) => bytes)).to.deep.equal([5_000_000, 4, 0]);
      const { sha256, modified, stored } = copied[0]!;
      expect(sha256).to.equal(createHash('sha256').update(large).digest('hex'));
      expect(modified.toISOString()).to.equal('1994-11-06T08:49:37.000Z');
      expect(stored).to.deep.include({ bucket: 'media-bucket', path: 'large', metadata: { realm_id: '2' } });
      expect(stored?.md5).to.equal(createHash('md5').update(large).digest('hex'));
      // Looked at and read, each once: the two blocks of the large one apart, and nothing of the empty one.
      expect(server.steps.filter((step) => step === 'look')).to.have.length(3);
      expect(server.steps.filter((step) => step === 'read')).to.have.length(3);
    });

    it('are looked for below a prefix, and never beside it', async () => {
      put('deep/er/a', 'inside');
      put('a', 'outside');
      for (const name of [`${url}/deep/er`, `${url}/deep/er/`]) {
        const { sink, findings } = await copy(['a', '../../a', 'er/../a', 'a/', '/a'], objectFiles(name));
        expect([...sink.files]).to.deep.equal([['a', 'inside']]);
        expect(findings).to.deep.equal(['file-outside a.b.1', 'file-outside a.b.2', 'file-outside a.b.3', 'file-outside a.b.4']);
      }
    });

    it('that are missing are told, those that may be are not', async () => {
      const { copied, findings } = await copy(['none', { path: 'optional', optional: true }], objectFiles(url));
      expect(copied).to.deep.equal([]);
      expect(findings).to.deep.equal(['file-missing a.b.0']);
    });

    for (const [what, fault] of [
      ['the connection is cut in the middle', { kind: 'cut', after: 1_000_000 }],
      ['no answer comes', { kind: 'lose answer' }],
    ] as const) {
      it(`are copied whole where ${what}`, async () => {
        const bytes = randomBytes(4_500_000);
        put('a', bytes);
        server.meet('read', fault);
        const { sink, findings } = await copy(['a'], objectFiles(url));
        expect(findings).to.deep.equal([]);
        expect(sink.files.get('a') === bytes.toString('latin1')).to.equal(true);
      });
    }

    it('that somebody replaces meanwhile are one version or the other, never a mix; those that change for ever are told', async () => {
      const versions = [randomBytes(4_500_000), randomBytes(4_500_000)] as const;
      put('a', versions[0]);
      let reads = 0;
      server.before = ({ step }) => {
        if (step === 'read' && (reads += 1) === 2) put('a', versions[1], '"2"');
      };
      const { sink, copied } = await copy(['a'], objectFiles(url));
      expect(sink.files.get('a') === versions[1].toString('latin1')).to.equal(true);
      expect(copied[0]?.sha256).to.equal(createHash('sha256').update(versions[1]).digest('hex'));
      server.before = ({ step }) => {
        if (step === 'read') put('a', 'again', `"${String((reads += 1))}"`);
      };
      expect((await copy(['a'], objectFiles(url))).findings).to.deep.equal(['file-changed a.b.0']);
    });

    it('stay where the store says that they belong to something else', async () => {
      put('a', 'mine', '"1"', { owner: '7' });
      put('b', 'theirs', '"1"', { owner: '8' });
      const belongs = ({ metadata }: StoredFacts): boolean => metadata['owner'] === '7';
      const { sink, findings } = await copy(
        [
          { path: 'a', belongs },
          { path: 'b', belongs },
        ],
        objectFiles(url),
      );
      expect([...sink.files.keys()]).to.deep.equal(['a']);
      expect(findings).to.deep.equal(['file-foreign a.b.1']);
    });

    it('are listed, however many answers that takes', async () => {
      const names = Array.from({ length: 10 }, (_, at) => `deep/n${String(at)} & <é>`);
      for (const name of ['deep', 'deeper', 'deep/', 'other/x', ...names]) put(name, '');
      expect(await all(objectFiles(url).list('deep/'))).to.deep.equal(names);
      expect(await all(objectFiles(`${url}/deep`).list('n1'))).to.deep.equal(['n1 & <é>']);
      expect(server.steps.filter((step) => step === 'list').length).to.be.greaterThan(4);
    });

    it('are asked for before anything else: a wrong bucket and a lacking right are told', async () => {
      await objectFiles(url).check?.();
      expect(await failureOf(objectFiles(`${kind.scheme}://nothing/deep`).check!())).to.include({ code: 'BUCKET_NOT_FOUND' });
      server.meet('look', { kind: 'answer', answer: { status: 403 } });
      const denied = await failureOf(objectFiles(url).check!());
      expect(denied).to.include({ code: 'STORE_DENIED' });
    });

    it('fail the copy where the store does, and leave nothing half done', async () => {
      for (const name of ['a', 'b', 'c']) put(name, name);
      server.meet('read', { kind: 'answer', answer: { status: 403 } });
      const failure = (await failureOf(copy(['a', 'b', 'c'], objectFiles(url)))) as Error;
      expect(failure).to.include({ code: 'STORE_DENIED' });
      expect(failure.message).to.match(new RegExp(`^${url}/: not allowed`, 'u'));
    });
  });
}

describe('files in several places', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-places-'));
  });

  after(() => rmSync(folder, { recursive: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  it('are as if they were in one: whatever the places are, the path says which', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'aa');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { maxLength: 4 }), fc.uniqueArray(path, { maxLength: 12 }), async (places, asked) => {
        run += 1;
        const bySource: [string, string][] = ['', ...places].map((place, at) => [place, `${String(run)}/${String(at)}`]);
        const files = asked.map((one) => `${one}/file`);
        for (const file of files) {
          const [place, root] = bySource
            .filter(([one]) => one === '' || file.startsWith(`${one}/`))
            .sort(([a], [b]) => b.length - a.length)[0]!;
          write(join(root, file.slice(place === '' ? 0 : place.length + 1)), `content of ${file}`);
          // What stands at the same path of another place is never looked at.
          for (const [, other] of bySource) if (other !== root) write(join(other, 'hidden', file), 'HIDDEN');
        }
        mkdirSync(join(folder, String(run)), { recursive: true });
        for (const [, root] of bySource) mkdirSync(join(folder, root), { recursive: true });
        const source = placedFiles(Object.fromEntries(bySource.map(([place, root]) => [place, localFiles(join(folder, root))])));
        const { sink, findings } = await copy(files, source);
        expect(findings).to.deep.equal([]);
        expect([...sink.files]).to.deep.equal(files.map((file) => [file, `content of ${file}`]));
        for (const prefix of ['', ...places.map((place) => `${place}/`), 'a/', 'a']) {
          const listed = (await all(source.list(prefix))).filter((one) => !one.includes('hidden'));
          expect([...listed].sort(), prefix).to.deep.equal(files.filter((file) => file.startsWith(prefix)).sort());
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are nowhere where no place covers their path, and are looked for under a second name', async () => {
    write('covers/4', 'cover');
    const source = placedFiles({ covers: localFiles(join(folder, 'covers')) });
    const otherwise = { path: 'covers/4', name: 'covers/4' };
    const files = [
      'pictures/1.png',
      { path: 'covers/4.png', otherwise },
      { path: 'pictures/2.png', optional: true },
      { path: 'covers/5.png', otherwise: { path: 'covers/5', name: 'covers/5' } },
    ];
    const { sink, copied, findings } = await copy(files, source);
    expect([...sink.files]).to.deep.equal([['covers/4', 'cover']]);
    expect(copied[0]).to.include({ path: 'covers/4', name: 'covers/4' });
    expect(findings).to.deep.equal(['file-nowhere a.b.0', 'file-missing a.b.3']);
    expect(await failureOf(placedFiles({ covers: localFiles(join(folder, 'none')) }).check!())).to.include({
      code: 'FOLDER_MISSING',
    });
    expect(readdirSync(folder)).to.include('covers');
  });
});
