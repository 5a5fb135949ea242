import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Program } from '../support/run.js';
import { useLibrary } from './library.js';

const noMemory = `import { setFlagsFromString } from 'node:v8'; setFlagsFromString('--wasm-max-mem-pages=8');`;

for (const [what, option] of [
  ['Node allows no WebAssembly', '--jitless'],
  ['there is no memory for WebAssembly', `--import=data:text/javascript,${encodeURIComponent(noMemory)}`],
] as const)
  describe(`where ${what}`, function () {
    this.timeout(120_000);
    const library = useLibrary();

    async function without(program: Program, words: readonly string[], url: string): Promise<void> {
      const env = { NODE_OPTIONS: option, PORTOLAN_URL: url };
      const { code, stderr } = await library.run(program, [...words, '--url', url], { env });
      expect(code, stderr).to.equal(0);
    }

    it('an export has the same bytes, and is imported', async () => {
      const words = ['demoapp.Book.4', '--reproducible'];
      await library.run('exportobjects', [...words, '-o', 'with.json', '--url', library.full.url]);
      await without('exportobjects', [...words, '-o', 'without.json'], library.full.url);
      const [one, other] = ['with.json', 'without.json'].map((name) => readFileSync(join(library.folder, name), 'utf8'));
      expect(other).to.equal(one);
      await without('importobjects', ['without.json'], library.empty.url);
      const [row] = await library.empty.query('SELECT count(*)::int AS count FROM demoapp_book');
      expect(row).to.deep.equal({ count: 1 });
    });
  });
