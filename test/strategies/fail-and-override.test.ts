import fc from 'fast-check';
import { anySeed, itAgrees, threePeople, twoPeople } from './it-agrees.js';
import { plainRules } from './rules.js';

const asked = fc
  .record({ onConflict: fc.constantFrom('fail', 'override', 'override'), seed: anySeed })
  .map((rules) => ({ ...plainRules, ...rules }));

describe('--on-conflict fail and override', () => {
  itAgrees('import', asked, {
    examples: [
      [twoPeople, plainRules],
      [threePeople, plainRules],
      [threePeople, { ...plainRules, onConflict: 'override' }],
    ],
    meets: ['insert', 'same', 'update', 'refused'],
  });
});
