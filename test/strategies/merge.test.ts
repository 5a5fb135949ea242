import fc from 'fast-check';
import { anySeed, itAgrees, person } from './it-agrees.js';
import { anyMerges, anyOffset, anyRemap, anyStrategy, plainRules } from './rules.js';
import { filled } from './world.js';

const asked = fc
  .record({ onConflict: anyStrategy, remap: anyRemap, offset: anyOffset, models: anyMerges, seed: anySeed })
  .map((rules) => ({ ...plainRules, ...rules }));

const byName = { ...plainRules, models: { person: { naturalKey: ['email'], merge: 'take' } } } as const;

describe('objects that are merged by natural key', () => {
  itAgrees('become rows', asked, {
    examples: [
      [{ mine: filled(person(1, 'a'), person(2, 'b', 'NULL, 1')), theirs: filled(person(3, 'a')) }, byName],
      // Two namesakes.
      [
        {
          mine: filled("INSERT INTO tag VALUES (1, 'c')", person(1, 'a'), 'INSERT INTO person_tag VALUES (1, 1)'),
          theirs: filled("INSERT INTO tag VALUES (2, 'c'), (3, 'c')"),
        },
        { ...plainRules, models: { tag: { naturalKey: ['label'], merge: 'keep' } } },
      ],
    ],
    meets: ['insert', 'merge', 'refused'],
  });
});
