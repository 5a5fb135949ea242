import fc from 'fast-check';
import { anySeed, itAgrees, person } from './it-agrees.js';
import { anyMerges, anyOffset, anyRemap, anyStrategies, anyPatience, plainRules, together } from './rules.js';
import { filled } from './world.js';

const asked = fc
  .record({
    ...{ onConflict: anyPatience, remap: anyRemap, offset: anyOffset, seed: anySeed },
    models: fc.tuple(anyStrategies, fc.oneof(fc.constant({}), anyMerges)).map((all) => together(...all)),
  })
  .map((rules) => ({ ...plainRules, ...rules }));

describe('a strategy for each model', () => {
  itAgrees('imports', asked, {
    examples: [
      [
        {
          mine: filled(
            "INSERT INTO team VALUES (1, 'a', 'a', NULL)",
            "INSERT INTO person VALUES (1, 'a', 'a', 1, NULL), (2, 'b', 'b', 1, 1)",
            "INSERT INTO mail VALUES (1, 'b', 'a')",
          ),
          theirs: filled(
            "INSERT INTO team VALUES (1, 'b', 'b', NULL)",
            "INSERT INTO person VALUES (3, 'a', 'c', NULL, NULL)",
            "INSERT INTO mail VALUES (1, NULL, 'c')",
          ),
        },
        {
          ...plainRules,
          models: { team: { onConflict: 'remap' }, person: { onConflict: 'skip' }, mail: { onConflict: 'override' } },
        },
      ],
      // Mail of somebody who stays out, by another column than the key, beside teams that get other keys.
      [
        {
          mine: filled(
            "INSERT INTO team VALUES (1, 'a', NULL, NULL)",
            person(1, 'a', '1, NULL'),
            "INSERT INTO mail VALUES (1, 'a', 'x')",
          ),
          theirs: filled("INSERT INTO team VALUES (1, 'b', NULL, NULL)", person(1, 'z')),
        },
        { ...plainRules, onConflict: 'remap', models: { person: { onConflict: 'skip' } } },
      ],
      // Mail that needs, by another column than the key, somebody who stays out: nothing is in its way, as it is not written.
      [
        {
          mine: filled(person(2, 'c'), "INSERT INTO mail VALUES (4, 'c', 'a')"),
          theirs: filled(person(2, 'b'), "INSERT INTO mail VALUES (4, 'b', 'a')"),
        },
        { ...plainRules, models: { person: { onConflict: 'skip' } } },
      ],
      // The same, where more than one row could be taken for who stays out.
      [
        {
          mine: filled("INSERT INTO person VALUES (1, 'b', 'd', NULL, NULL)", "INSERT INTO mail VALUES (4, 'b', 'a')"),
          theirs: filled(
            "INSERT INTO person VALUES (3, 'b', 'd', NULL, NULL), (1, 'a', 'd', NULL, NULL)",
            "INSERT INTO mail VALUES (4, 'a', 'a')",
          ),
        },
        {
          ...plainRules,
          onConflict: 'skip',
          models: { mail: { onConflict: 'fail' }, person: { naturalKey: ['name'], merge: 'keep' } },
        },
      ],
    ],
    meets: ['remap', 'skip', 'insert', 'update'],
  });
});
