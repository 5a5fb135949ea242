import fc from 'fast-check';
import { anySeed, itAgrees, person, threePeople } from './it-agrees.js';
import { anyNames, plainRules } from './rules.js';
import { filled } from './world.js';

const skip = { ...plainRules, onConflict: 'skip' } as const;
const asked = fc.record({ models: fc.oneof(fc.constant({}), anyNames), seed: anySeed }).map((rules) => ({ ...skip, ...rules }));

describe('--on-conflict skip', () => {
  itAgrees('imports', asked, {
    examples: [
      [threePeople, skip],
      // The boss is proven to be the same, under another key.
      [{ mine: filled(person(1, 'a'), person(2, 'b', 'NULL, 1')), theirs: filled(person(3, 'a')) }, skip],
      // Nobody is proven to be the boss.
      [{ mine: filled(person(1, 'a'), person(2, 'b', 'NULL, 1')), theirs: filled(person(1, 'c')) }, skip],
      // The team that another key has now: nobody of that name is in it.
      [
        {
          mine: filled("INSERT INTO team VALUES (1, 'a', NULL, NULL)", person(1, 'x', '1, NULL')),
          theirs: filled(
            "INSERT INTO team VALUES (1, 'b', NULL, NULL), (2, 'a', NULL, NULL)",
            "INSERT INTO person VALUES (3, 'c', 'x', 1, NULL)",
          ),
        },
        skip,
      ],
    ],
    meets: ['insert', 'same', 'skip'],
  });
});
