import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../src/profiles/load-profile.js';
import { exportedAs } from '../../src/source/exported-as.js';
import { loadPolicyFile } from '../../src/source/load-policy-file.js';

describe('a policy file', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [name, text] of [
    ['default.mjs', 'export default { maxDepth: 3 };'],
    ['named.mjs', 'export const policy = { maxDepth: 3 };'],
    ['promised.mjs', 'export default Promise.resolve({ maxDepth: 3 });'],
    ['whole.cjs', 'module.exports = { maxDepth: 3 };'],
    ['named.cjs', 'exports.policy = { maxDepth: 3 };'],
    ['compiled.cjs', 'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = { maxDepth: 3 };'],
    ['compiled-named.cjs', 'Object.defineProperty(exports, "__esModule", { value: true }); exports.policy = { maxDepth: 3 };'],
    ['promised.cjs', 'exports.default = Promise.resolve({ maxDepth: 3 });'],
    ['typed.cts', 'const policy: { maxDepth: number } = { maxDepth: 3 }; export default policy;'],
    ['typed-named.cts', 'export const policy: { maxDepth: number } = { maxDepth: 3 };'],
    ['plain.json', '{"maxDepth":3}'],
  ] as const)
    it(`is its default export, or the one called policy: ${name}`, async () => {
      const file = join(folder, name);
      writeFileSync(file, text);
      expect(await loadPolicyFile(file, file)).to.deep.equal({ policy: { maxDepth: 3 }, file });
    });

  it('is no other export', async () => {
    const file = join(folder, 'other.mjs');
    writeFileSync(file, 'export const policies = { maxDepth: 3 };');
    const error: unknown = await loadPolicyFile(file, file).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'NO_POLICY' });
  });

  it('is found as a profile is', async () => {
    const file = join(folder, 'profile.cjs');
    writeFileSync(
      file,
      'exports.profile = { name: "own", apps: [], options: [], entities: () => [], policy: () => ({}) }; Object.defineProperty(exports, "__esModule", { value: true });',
    );
    expect((await loadProfile(file)).name).to.equal('own');
    expect(exportedAs({ default: undefined }, 'profile')).to.equal(undefined);
  });
});
