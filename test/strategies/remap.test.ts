import fc from 'fast-check';
import { anySeed, itAgrees, threePeople } from './it-agrees.js';
import { anyOffset, anyRemap, plainRules } from './rules.js';
import { filled } from './world.js';

const remap = { ...plainRules, onConflict: 'remap' } as const;
const asked = fc.record({ remap: anyRemap, offset: anyOffset, seed: anySeed }).map((rules) => ({ ...remap, ...rules }));

const anonymous = (id: number, boss = 'NULL'): string => `INSERT INTO person VALUES (${String(id)}, NULL, 'a', NULL, ${boss})`;

describe('--on-conflict remap', () => {
  itAgrees('gives other keys', asked, {
    examples: [
      [threePeople, remap],
      [threePeople, { ...remap, remap: 'all' }],
      [threePeople, { ...remap, offset: 1000 }],
      [threePeople, { ...remap, offset: -2 }],
      // What refers to itself, and to each other, is found again under the keys that the first import gave.
      [
        { mine: filled(anonymous(1, '1')), theirs: filled(anonymous(1)) },
        { ...remap, offset: 2 },
      ],
      [
        {
          mine: filled(anonymous(1), anonymous(2), 'UPDATE person SET boss = 3 - id'),
          theirs: filled(anonymous(1), anonymous(2)),
        },
        { ...remap, offset: 1000 },
      ],
    ],
    meets: ['insert', 'same', 'remap', 'refused'],
  });
});
