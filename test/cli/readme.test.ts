import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '../../demo-app/project-root.js';
import { errorCodes } from '../../src/errors/error-codes.js';
import { storeKinds, useStore } from '../store/store-kinds.js';
import { programPath } from '../support/run.js';
import { useLibrary } from './library.js';

const root = projectRoot();
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const bins = dirname(programPath('portolan'));

describe('README', function () {
  this.timeout(300_000);
  const library = useLibrary();
  const [google] = storeKinds;
  // Its address is in the environment from here on.
  useStore(google!, 'shelf');

  const blocks = [...readme.matchAll(/^### (.+)$|^```sh\n([^]*?)^```/gmu)].reduce<{ title: string; script: string }[]>(
    (found, [, title, script]) => {
      if (title !== undefined) return [...found, { title, script: '' }];
      const last = found.at(-1);
      return last === undefined ? found : [...found.slice(0, -1), { ...last, script: last.script + (script ?? '') }];
    },
    [],
  );
  for (const { title, script } of blocks.filter((block) => block.script !== '')) {
    it(`${title}: every command works, in order`, async () => {
      // `npx` would look for an installed package: the one under test is meant.
      const shims = join(library.folder, 'shims');
      mkdirSync(shims, { recursive: true });
      writeFileSync(join(shims, 'npx'), `#!/bin/sh\nprogram=$1; shift\nexec "${process.execPath}" "${bins}/$program.js" "$@"\n`);
      chmodSync(join(shims, 'npx'), 0o755);
      const env = {
        ...process.env,
        PATH: `${shims}:${process.env['PATH'] ?? ''}`,
        PORTOLAN_URL: library.full.url,
        BRANCH: library.empty.url,
      };
      const shell = spawn('bash', ['-e', '-c', script], { cwd: library.folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
      const said: Buffer[] = [];
      shell.stderr.on('data', (chunk: Buffer) => said.push(chunk));
      const [status] = (await once(shell, 'close')) as [number];
      expect(status, Buffer.concat(said).toString()).to.equal(0);
    });
  }

  it('has a policy that the library takes, and does what it says', async () => {
    const [, policy = ''] = /^```ts\n([^]*?definePolicy[^]*?)^```/mu.exec(readme) ?? [];
    writeFileSync(join(library.folder, 'readme.policy.ts'), policy);
    const words = ['demoapp.Book.4', '--policy', 'readme.policy.ts', '--json', '-o', 'by-policy.json'];
    const { code, stdout, stderr } = await library.run('exportobjects', words);
    expect(code, stderr).to.equal(0);
    const { objects, withheld, findings } = JSON.parse(stdout) as {
      readonly objects: object;
      readonly withheld: readonly string[];
      readonly findings: readonly { readonly kind: string; readonly on: string }[];
    };
    expect(objects).to.have.keys(['demoapp.book', 'demoapp.bookinstance', 'demoapp.genre', 'demoapp.language']);
    expect(withheld).to.deep.equal([]);
    expect(findings.map(({ kind, on }) => `${kind} ${on}`)).to.include.members([
      'cut demoapp.bookinstance.borrower',
      'external demoapp.author',
    ]);
  });

  it('has the help and the error codes of the code', () => {
    const built = relative(root, join(bins, '..', '..'));
    const words = ['scripts/docs.mjs', '--check', '--built', built];
    const { status, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
    expect(status, stderr).to.equal(0);
  });

  it('lists every error code that the sources throw, under its exit code', () => {
    const exitCodes = { FailedError: 1, UsageError: 2, RefusedError: 3 };
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const listed: Readonly<Record<string, { readonly exitCode: number }>> = errorCodes;
    let found = 0;
    for (const file of files) {
      const text = readFileSync(join(root, 'src', file), 'utf8');
      for (const [, kind, code = ''] of text.matchAll(/new (FailedError|UsageError|RefusedError)\(\s*'([A-Z_]+)'/gu)) {
        found++;
        expect(listed, `${file}: ${code}`).to.have.property(code);
        // A table without identity is a wrong name where it is named, and a refusal where it is met.
        expect(listed[code]?.exitCode, `${file}: ${code}`).to.equal(exitCodes[kind as keyof typeof exitCodes]);
      }
    }
    expect(found).to.be.greaterThan(50);
  });
});
