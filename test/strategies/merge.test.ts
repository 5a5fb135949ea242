import fc from 'fast-check';
import type { MergeRule } from '../../src/index.js';
import { anySeed, itAgrees, person } from './it-agrees.js';
import { anyMerges, anyOffset, anyRemap, anyPatience, plainRules } from './rules.js';
import type { Rules } from './terms.js';
import { filled } from './world.js';

const asked = fc
  .record({ onConflict: anyPatience, remap: anyRemap, offset: anyOffset, models: anyMerges, seed: anySeed })
  .map((rules) => ({ ...plainRules, ...rules }));

/** A person who is there under another key, with another name and without a team; the team has another colour. */
const namesakes = {
  mine: filled("INSERT INTO team VALUES (1, 'a', 'red', NULL)", "INSERT INTO person VALUES (1, 'a', 'x', 1, NULL)"),
  theirs: filled("INSERT INTO team VALUES (2, 'a', 'blue', NULL)", "INSERT INTO person VALUES (3, 'a', 'z', NULL, NULL)"),
};
const merged = (merge: MergeRule): Rules => ({
  ...plainRules,
  models: { team: { naturalKey: ['name'], merge }, person: { naturalKey: ['email'], merge } },
});

const byName = { ...plainRules, models: { person: { naturalKey: ['email'], merge: 'take' } } } as const;

describe('objects that are merged by natural key', () => {
  itAgrees('become rows', asked, {
    examples: [
      [{ mine: filled(person(1, 'a'), person(2, 'b', 'NULL, 1')), theirs: filled(person(3, 'a')) }, byName],
      [namesakes, merged('keep')],
      [namesakes, merged('take')],
      [namesakes, merged('fill')],
      // Two namesakes.
      [
        {
          mine: filled("INSERT INTO tag VALUES (1, 'c')", person(1, 'a'), 'INSERT INTO person_tag VALUES (1, 1)'),
          theirs: filled("INSERT INTO tag VALUES (2, 'c'), (3, 'c')"),
        },
        { ...plainRules, models: { tag: { naturalKey: ['label'], merge: 'keep' } } },
      ],
      // Somebody is skipped for an address that the row which another is merged into gives up.
      [
        {
          mine: filled("INSERT INTO person VALUES (2, NULL, 'c', NULL, NULL), (3, 'a', 'a', NULL, NULL)"),
          theirs: filled("INSERT INTO person VALUES (1, 'a', 'c', NULL, NULL)"),
        },
        { ...plainRules, onConflict: 'skip', models: { person: { naturalKey: ['name'], merge: 'take' } } },
      ],
      // Two of the archive with one natural key: the first is skipped, and is not the second when it comes again.
      [
        {
          mine: filled("INSERT INTO team VALUES (1, 'a', 'b', NULL), (2, NULL, 'b', NULL)", person(1, 'a')),
          theirs: filled("INSERT INTO team VALUES (1, NULL, 'a', NULL)", person(1, 'a')),
        },
        {
          ...plainRules,
          onConflict: 'skip',
          remap: 'conflicts',
          models: { team: { naturalKey: ['colour'], merge: 'take' } },
        },
      ],
    ],
    meets: ['insert', 'merge', 'refused'],
  });
});
