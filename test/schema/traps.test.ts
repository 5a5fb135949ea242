import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { repositoryRoot } from '../support/shared.js';
import { traps } from './traps.js';

/** The trap numbers in the titles of the tests of a folder. */
function numbersIn(area: string): ReadonlySet<string> {
  const folder = join(repositoryRoot, 'test', area);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.test.ts')) : [];
  const titles = files.flatMap((file) => [
    ...readFileSync(join(folder, file), 'utf8').matchAll(/\b(?:it|describe)\(\s*(['"`])(.*?)\1,/gsu),
  ]);
  return new Set(titles.flatMap((title) => (title[2] ?? '').match(/T-\d+/gu) ?? []));
}

describe('the forty traps', () => {
  it('are all listed', () => {
    expect(Object.keys(traps)).to.deep.equal(Array.from({ length: 40 }, (_, at) => `T-${String(at + 1)}`));
  });

  for (const [trap, area] of Object.entries(traps)) {
    it(`have a test for ${trap} in test/${area}`, () => {
      expect([...numbersIn(area)]).to.include(trap);
    });
  }
});
