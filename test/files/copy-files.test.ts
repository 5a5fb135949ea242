import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { isFileName } from '../../src/files/file-name.js';
import type { CopiedFile, FileSource, NamedFile } from '../../src/index.js';
import { copyFiles, Findings, localFiles } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { MemorySink } from './memory-sink.js';

async function* named(paths: readonly (string | Partial<NamedFile>)[]): AsyncGenerator<NamedFile> {
  for (const [at, one] of paths.entries()) {
    await Promise.resolve();
    const { path = '', name = path, optional } = typeof one === 'string' ? { path: one } : one;
    yield { object: { model: 'a.b', pk: at, name: `a.b.${at}` }, path, name, optional };
  }
}

describe('files that rows name', () => {
  let folder: string;
  let root: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-files-'));
    root = join(folder, 'root');
    mkdirSync(join(root, 'deep', 'er'), { recursive: true });
    writeFileSync(join(folder, 'secret'), 'SECRET');
    mkdirSync(join(folder, 'root-beside'));
    writeFileSync(join(folder, 'root-beside', 'secret'), 'SECRET');
    for (const name of ['a', 'b', 'deep/c', 'deep/er/d']) writeFileSync(join(root, name), `content of ${name}`);
    symlinkSync('../secret', join(root, 'out'));
    symlinkSync(join(folder, 'secret'), join(root, 'absolute'));
    symlinkSync('..', join(root, 'up'));
    symlinkSync('../../root-beside', join(root, 'deep', 'beside'));
    symlinkSync('deep/c', join(root, 'within'));
    symlinkSync('deep', join(root, 'within-folder'));
    symlinkSync('loop', join(root, 'loop'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function copy(
    paths: readonly (string | Partial<NamedFile>)[],
    source: FileSource = localFiles(root),
    options: { readonly jobs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly copied: readonly CopiedFile[]; readonly sink: MemorySink; readonly findings: readonly string[] }> {
    const [sink, findings] = [new MemorySink(), new Findings()];
    const copied: CopiedFile[] = [];
    try {
      for await (const one of copyFiles(named(paths), { source, sink, findings, ...options })) copied.push(one);
    } finally {
      expect(sink.open, 'drafts left open').to.equal(0);
    }
    return { copied, sink, findings: findings.all.map(({ kind, on }) => `${kind} ${on}`) };
  }

  it('are copied with size and digest, once each, in the order in which they are named', async () => {
    const { copied, sink, findings } = await copy(['b', 'a', 'deep/er/d', 'a', { path: 'within-folder/er/d', name: 'x/y' }]);
    expect([...sink.files]).to.deep.equal([
      ['b', 'content of b'],
      ['a', 'content of a'],
      ['deep/er/d', 'content of deep/er/d'],
      ['x/y', 'content of deep/er/d'],
    ]);
    expect(copied.map(({ object, bytes }) => [object.pk, bytes])).to.deep.equal([
      [0, 12],
      [1, 12],
      [2, 20],
      [4, 20],
    ]);
    expect(copied[0]!.sha256).to.equal(createHash('sha256').update('content of b').digest('hex'));
    expect(findings).to.deep.equal([]);
  });

  it('never lead out of their folder: whatever their paths are, links on the way included', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '/',
        '\\',
        '\0',
        'a',
        'deep',
        'er',
        'c',
        'out',
        'up',
        'beside',
        'absolute',
        'secret',
        'root-beside',
        'within-folder',
        'loop',
        'pipe',
        '%2e%2e',
        '~',
        'C:',
      ),
      fc.string({ maxLength: 5, unit: 'binary' }),
    );
    const path = fc.oneof(
      fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')),
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('\\')),
      fc.constantFrom(
        folder + '/secret',
        '../secret',
        'up/secret',
        'deep/beside/secret',
        'deep/../../secret',
        'a/',
        '/a',
        'x'.repeat(300),
        'a/'.repeat(3000),
      ),
    );
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 10 }), async (paths) => {
        const { copied, sink, findings } = await copy(paths);
        for (const content of sink.files.values()) expect(content).to.match(/^content of /u);
        for (const name of sink.files.keys()) expect(isFileName(name)).to.equal(true);
        // Nothing is left out without a word.
        expect(copied.length + findings.length).to.equal(new Set(paths).size);
        for (const one of findings) met.add(one.split(' ')[0]!);
        if (copied.length > 0) met.add('copied');
      }),
      { numRuns: 500 },
    );
    expect([...met].sort()).to.deep.equal(['copied', 'file-missing', 'file-outside']);
    for (const [hostile, kind] of [
      ['out', 'file-outside'],
      ['absolute', 'file-outside'],
      ['up/secret', 'file-outside'],
      ['deep/beside/secret', 'file-outside'],
      ['../secret', 'file-outside'],
      ['a\0', 'file-outside'],
      ['pipe', 'file-missing'],
      ['deep', 'file-missing'],
      ['loop', 'file-missing'],
      ['none', 'file-missing'],
      ['a/b', 'file-missing'],
    ])
      expect((await copy([hostile!])).findings, hostile).to.deep.equal([`${kind} a.b.0`]);
  });

  it('are listed below a prefix, and no others', async () => {
    const list = async (prefix: string): Promise<readonly string[]> => {
      const paths: string[] = [];
      for await (const path of localFiles(root).list(prefix)) paths.push(path);
      return paths;
    };
    expect(await list('')).to.deep.equal(['a', 'b', 'deep/c', 'deep/er/d', 'within']);
    expect(await list('deep/')).to.deep.equal(['deep/c', 'deep/er/d']);
    expect(await list('deep/e')).to.deep.equal(['deep/er/d']);
    for (const hostile of ['../', '../s', 'up/', '/', 'none/', 'deep/beside/'])
      expect(await list(hostile), hostile).to.deep.equal([]);
  });

  it('that are missing are findings, but for those that may be', async () => {
    const { findings } = await copy(['none', { path: 'other', optional: true }, 'a']);
    expect(findings).to.deep.equal(['file-missing a.b.0']);
    const many = await copy(Array.from({ length: 1500 }, (_, at) => `none-${at}`));
    expect(many.findings.length).to.equal(1001);
    expect(many.findings.at(-1)).to.equal('file-missing files');
  });

  it('that change while they are copied are copied again, and are findings where that does not end', async () => {
    let version = 0;
    const changing = (until: number): FileSource => ({
      name: 'changing',
      stat: () => Promise.resolve({ kind: 'file', size: 3, modified: new Date(0), version: String(Math.min(version, until)) }),
      async *open() {
        await Promise.resolve();
        version += 1;
        yield Buffer.from(`v${Math.min(version, until)}.`);
      },
      list: () => named([]) as never,
    });
    const settled = await copy(['x'], changing(2));
    expect([...settled.sink.files.values()]).to.deep.equal(['v2.']);
    version = 0;
    const never = await copy(['x', 'y'], changing(1e9));
    expect(never.findings).to.deep.equal(['file-changed a.b.0', 'file-changed a.b.1']);
    expect(never.sink.files.size).to.equal(0);
  });

  it('that grow or shrink under the hands of the copier are seen to, in a folder', async () => {
    const path = join(root, 'growing');
    for (const change of [
      (): void => writeFileSync(path, 'longer', { flag: 'a' }),
      (): void => writeFileSync(path, 'x'),
      (): void => {
        rmSync(path);
        linkSync(join(root, 'a'), path);
      },
    ]) {
      writeFileSync(path, 'first');
      const source = localFiles(root);
      let times = 0;
      const { sink } = await copy(['growing'], {
        ...source,
        name: source.name,
        stat: (one) => source.stat(one),
        list: (prefix) => source.list(prefix),
        async *open(one, found) {
          yield* source.open(one, found);
          if (times++ === 0) change();
        },
      });
      expect(times).to.equal(2);
      expect(sink.files.get('growing')).to.equal(readFileSync(path, 'latin1'));
      rmSync(path);
    }
  });

  it('are copied side by side, so many at once, and keep their order', async () => {
    const slow: FileSource = {
      name: 'slow',
      stat: () => Promise.resolve({ kind: 'file', size: 1, modified: new Date(0), version: '' }),
      async *open(path) {
        await setTimeout(path.length * 3);
        yield Buffer.from('x');
      },
      list: () => named([]) as never,
    };
    const names = Array.from({ length: 20 }, (_, at) => 'n'.repeat(1 + ((at * 7) % 19)) + String(at));
    const { copied, sink } = await copy(names, slow, { jobs: 5 });
    expect(copied.map(({ name }) => name)).to.deep.equal(names);
    expect(sink.most).to.equal(5);
  });

  it('leave nothing half done where a source fails, two files would have one name, or the work is interrupted', async () => {
    const failing: FileSource = {
      name: 'failing',
      stat: (path) => (path === 'b' ? Promise.reject(new Error('no source')) : localFiles(root).stat(path)),
      open: (path, found) => localFiles(root).open(path, found),
      list: (prefix) => localFiles(root).list(prefix),
    };
    expect(await failureOf(copy(['a', 'b', 'deep/c'], failing))).to.have.property('message', 'no source');
    expect(await failureOf(copy(['a', { path: 'b', name: 'a' }]))).to.include({ code: 'FILE_NAMED_TWICE', detail: 'a' });
    const controller = new AbortController();
    controller.abort(new Error('stop'));
    expect(await failureOf(copy(['a'], localFiles(root), { signal: controller.signal }))).to.have.property('message', 'stop');
  });

  it('are told to be nowhere where their folder is', async () => {
    expect(await failureOf(copy(['a'], localFiles(join(folder, 'none'))))).to.include({ code: 'FOLDER_MISSING' });
  });
});
