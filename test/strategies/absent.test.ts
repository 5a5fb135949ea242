import fc from 'fast-check';
import { itAgrees, person } from './it-agrees.js';
import { anyMissing, anyOffset, anyRemap, anyStrategy, plainRules, together } from './rules.js';
import { filled } from './world.js';

const merged = fc.constantFrom(
  {},
  {},
  { person: { naturalKey: ['email'], merge: 'keep' } as const },
  {
    team: { naturalKey: ['name'], merge: 'take' } as const,
  },
);
const asked = fc
  .record({
    ...{ onConflict: anyStrategy, remap: anyRemap, offset: anyOffset, seed: fc.nat({ max: 99 }) },
    models: fc.tuple(anyMissing, merged).map((all) => together(...all)),
  })
  .map((rules) => ({ ...plainRules, ...rules, shared: 'key' as const }));

const bossAtHome = { mine: filled(person(1, 'a'), person(2, 'b', 'NULL, 1')), theirs: filled(person(3, 'c')) };
const alone = { ...plainRules, shared: 'key', seed: 1 } as const;

describe('objects that stayed at home', () => {
  itAgrees('become rows, placeholders or empty references', asked, {
    examples: [
      [bossAtHome, { ...alone, models: { person: { missing: 'placeholder' } } }],
      [bossAtHome, { ...alone, models: { person: { missing: 'null' } } }],
      [bossAtHome, alone],
    ],
    meets: ['insert', 'refused'],
  });
});
