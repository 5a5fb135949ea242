import fc from 'fast-check';
import { anySeed, itAgrees, person, threePeople, twoPeople } from './it-agrees.js';
import { plainRules } from './rules.js';
import { filled } from './world.js';

const asked = fc
  .record({ onConflict: fc.constantFrom('fail', 'override', 'override'), seed: anySeed })
  .map((rules) => ({ ...plainRules, ...rules }));

describe('--on-conflict fail and override', () => {
  itAgrees('import', asked, {
    examples: [
      [twoPeople, plainRules],
      [threePeople, plainRules],
      [threePeople, { ...plainRules, onConflict: 'override' }],
      // A unique value that mail refers to is overwritten, and so is that mail.
      [
        {
          mine: filled(person(1, 'a'), "INSERT INTO mail VALUES (4, 'a', 'a')"),
          theirs: filled("INSERT INTO person VALUES (1, 'f', 'a', NULL, NULL)", "INSERT INTO mail VALUES (4, 'f', 'a')"),
        },
        { ...plainRules, onConflict: 'override' },
      ],
    ],
    meets: ['insert', 'same', 'update', 'refused'],
  });
});
