import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { projectRoot } from '../../demo-app/project-root.js';
import { secretKey, storeKinds, useStore } from '../store/store-kinds.js';
import type { RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

const book = 'demoapp.Book.4';

for (const kind of storeKinds) {
  describe(`a bucket of ${kind.scheme}:// on the command line`, function () {
    this.timeout(300_000);
    const large = 'demoapp.Book.5';
    const library = useLibrary(async () => {
      await library.full.query(
        `UPDATE demoapp_book SET summary = (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300000) AS n) WHERE id = 5`,
      );
    });
    const server = useStore(kind, 'shelf');
    const url = (name: string): string => `${kind.scheme}://shelf/${name}`;
    const has = (name: string): boolean => server.buckets.get('shelf')!.has(name);
    const env = { PORTOLAN_OBJECT_STORE: kind.scheme };

    const done = ({ code, stdout, stderr }: RunResult): string => {
      expect(code, stderr).to.equal(0);
      return stdout;
    };

    it('holds what is exported, and is imported from, by its name or as a URL', async () => {
      const { output } = JSON.parse(
        done(await library.run('exportobjects', [book, '--bucket', 'shelf', '-o', 'a/book.json', '--json'], { env })),
      ) as { output: string };
      expect(output).to.equal(url('a/book.json'));
      expect(done(await library.run('portolan', ['verify', output, '--summary']))).to.contain('demoapp.book');
      const to = { ...env, PORTOLAN_URL: library.empty.url };
      done(await library.run('importobjects', ['--bucket', 'shelf', 'a/book.json'], { env: to }));
      const again = await library.run('exportobjects', [book, '-o', url('a/book.json')]);
      expect(again.code).to.equal(2);
      expect(again.stderr).to.contain(`error: ${url('a/book.json')} exists\nChoose another name, or replace it with --force.\n`);
    });

    it('holds what is compared, merged and deleted', async () => {
      const other = 'demoapp.Book.6';
      const words = ['--bucket', 'shelf', '--include-secret', '*'];
      done(await library.run('exportobjects', [book, ...words, '-o', 'c/one.json.gz'], { env }));
      done(await library.run('exportobjects', [other, ...words, '-o', 'c/other.tar'], { env }));
      const differ = await library.run('portolan', ['diff', '--bucket', 'shelf', 'c/one.json.gz', 'c/other.tar', '--json'], {
        env,
      });
      expect(differ.code, differ.stderr).to.equal(4);
      const merge = ['merge', '--bucket', 'shelf', 'c/one.json.gz', 'c/other.tar', '-o', 'c/both.tar.gz'];
      done(await library.run('portolan', merge, { env }));
      expect(has('c/both.tar.gz')).to.equal(true);
      done(await library.run('portolan', ['diff', url('c/both.tar.gz')]));
      const dry = ['--accept-loss', '--dry-run', '--json'];
      const fromArchive = ['deleteobjects', ['--bucket', 'shelf', 'c/both.tar.gz', ...dry]] as const;
      expect(JSON.parse(done(await library.run(...fromArchive, { env })))).to.include({ archive: url('c/both.tar.gz') });
      done(await library.run('deleteobjects', [book, '-o', url('c/kept.json'), '--include-secret', '*', ...dry]));
      expect(has('c/kept.json')).to.equal(false);
    });

    it('is left as it was by an export that is interrupted', async () => {
      const interrupt = new AbortController();
      let release = (): void => undefined;
      server.steps.length = 0;
      server.meet('part', { kind: 'wait', until: new Promise<void>((resolve) => (release = resolve)) });
      const watch = setInterval(() => {
        if (server.steps.includes('part')) interrupt.abort();
      }, 10);
      const options = { signal: interrupt.signal, killSignal: 'SIGINT' } as const;
      const { code, stderr } = await library.run('exportobjects', [large, '-o', url('large.json')], options);
      clearInterval(watch);
      release();
      expect(code, stderr).to.equal(130);
      expect(stderr).to.contain('interrupted: nothing was left behind');
      expect(has('large.json')).to.equal(false);
      expect(server.openUploads()).to.equal(0);
    });

    it('shows nobody what lets into it', async () => {
      const body = `GET ${server.url}/?upload_id=secret-0&X-Amz-Signature=${secretKey} Authorization: Bearer ${secretKey}`;
      server.meet('part', { kind: 'answer', answer: { status: 400, body } });
      const { code, stderr } = await library.run('exportobjects', [large, '-o', url('large.json'), '--verbose']);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(/^error: \w+:\/\/shelf\/large\.json: /mu);
      expect(stderr).not.to.contain(secretKey);
      expect(stderr).not.to.match(/secret-\d/u);
      expect(stderr).not.to.match(/UNEXPECTED|did not foresee/u);
    });

    it('needs a package that is loaded for it alone, and says how to install it', async () => {
      const hook = pathToFileURL(join(projectRoot(), 'test', 'support', 'without-store-packages.mjs')).href;
      const without = { NODE_OPTIONS: `--import ${hook}` };
      const { code, stderr } = await library.run('portolan', ['verify', url('book.json')], { env: without });
      expect(code).to.equal(2);
      const name = kind.scheme === 'gs' ? '@google-cloud/storage' : '@aws-sdk/client-s3';
      expect(stderr).to.match(new RegExp(`needs the package ${name}, which is not installed\n.*npm install ${name}@`, 'u'));
      done(await library.run('exportobjects', [book, '-o', `${kind.scheme}.json`], { env: without }));
    });
  });
}

describe('a bucket that cannot be meant', function () {
  this.timeout(300_000);
  const library = useLibrary();

  for (const [program, words, code, message] of [
    ['exportobjects', [book, '--bucket', 'shelf'], 'OPTION_VALUE', /--bucket wants the name/u],
    ['exportobjects', [book, '--bucket', 'shelf', '-o', 'gs://other/x'], 'OPTION_VALUE', /different things/u],
    ['importobjects', ['x.json', '--bucket', 'gs://shelf'], 'OPTION_VALUE', /name of a bucket/u],
    ['portolan', ['merge', 'a.json', 'b.json', '--bucket', 'shelf'], 'OPTION_VALUE', /--bucket wants the name/u],
    ['exportobjects', [book, '-o', 'gs://shelf/out/'], 'OBJECT_URL', /names no object/u],
    ['importobjects', ['gs://shelf'], 'OBJECT_URL', /names no object/u],
    ['exportobjects', [book, '-o', 'az://shelf/x.json'], 'OBJECT_URL', /no object store/u],
    ['importobjects', ['x.json', '--plan', 'gs://shelf/plan.jsonl'], 'OPTION_VALUE', /--plan takes the name of a file/u],
    ['portolan', ['verify', 'gs://shelf/x', '--findings', 's3://s/f'], 'OPTION_VALUE', /--findings takes the name of a file/u],
  ] as const) {
    it(`is refused: ${[program, ...words].join(' ')}`, async () => {
      const { code: exit, stdout, stderr } = await library.run(program, [...words, '--json']);
      expect(exit, stderr).to.equal(2);
      expect(JSON.parse(stdout)).to.include({ status: 'failed', code });
      expect((JSON.parse(stdout) as { error: string }).error).to.match(message);
    });
  }

  it('is refused where its store is none', async () => {
    const env = { PORTOLAN_OBJECT_STORE: 'gcs' };
    const { code, stderr } = await library.run('portolan', ['verify', '--bucket', 'shelf', 'x'], { env });
    expect(code).to.equal(2);
    expect(stderr).to.contain('PORTOLAN_OBJECT_STORE names no object store: "gcs"');
  });
});
