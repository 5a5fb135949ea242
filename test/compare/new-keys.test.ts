import { expect } from 'chai';
import type { ArchiveHeader } from '../../src/archive/archive.js';
import { createKeySet } from '../../src/closure/create-key-set.js';
import { keyPart } from '../../src/compare/gather/key-part.js';
import { NewKeyMaker } from '../../src/compare/gather/new-key-maker.js';

const headerOf = (type: string): ArchiveHeader =>
  ({
    entities: { 'a.row': { key: ['id'], columns: { id: { name: 'id', type, kind: 'integer', drawn: true } }, references: [] } },
  }) as unknown as ArchiveHeader;

/** The key that a row gets where the highest of all archives is `above`. */
function keyAbove(type: string, above: bigint): string {
  const header = headerOf(type);
  const part = keyPart(header, 'a.row', undefined);
  if (part === undefined) throw new Error('no part of the key can be another');
  const made = createKeySet({ columns: [], key: ['id'] });
  const maker = new NewKeyMaker(header, 'a.row', part, { above, suffix: undefined, isTaken: () => false, made });
  return String(maker.partFor(7, 1));
}

describe('keys of a merged archive', () => {
  it('go on above the highest, beyond what a number of JavaScript holds exactly', () => {
    expect(keyAbove('bigint', 2n ** 60n)).to.equal(String(2n ** 60n + 1n));
    expect(keyAbove('bigint', 2n ** 63n - 2n)).to.equal(String(2n ** 63n - 1n));
    expect(keyAbove('integer', 41n)).to.equal('42');
  });

  for (const [type, most] of [
    ['bigint', 2n ** 63n - 1n],
    ['integer', 2n ** 31n - 1n],
    ['smallint', 32_767n],
  ] as const)
    it(`are none above the greatest of ${type}`, () => {
      expect(() => keyAbove(type, most)).to.throw('holds no new key');
    });
});
