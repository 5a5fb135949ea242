import { expect } from 'chai';
import { conflictAdvice, conflictReason, externalObject, naturalKey } from '../../src/import/conflict-advice.js';
import type { Conflict } from '../../src/import/import-options.js';

const conflict: Conflict = { object: 'a.b.1', reason: 'unique', constraint: 'k', columns: [], inTheWay: '' };
const cases: readonly (readonly [told: string, reason: string, advice: string, conflict: Partial<Conflict>])[] = [
  [
    'of a key',
    'a different a.b.1 is there: it differs in x',
    'override overwrites x',
    { reason: 'primary-key', columns: ['x'], inTheWay: 'a.b.1' },
  ],
  [
    'of a key that override cannot settle',
    'differs in x',
    'override cannot change',
    { reason: 'primary-key', columns: ['x'], inTheWay: 'a.b.1', fixed: true },
  ],
  [
    'of a key whose object also has unique values of another row',
    'differs in x',
    'override does not help: another row has its unique columns',
    { reason: 'primary-key', columns: ['x'], inTheWay: 'a.b.1', alsoUnique: true },
  ],
  [
    'of a key whose object a natural key would find elsewhere',
    'differs in x',
    "a policy with models: { 'a.b': { naturalKey: ['y'], merge: 'keep' } } takes it for the row that has the same y; --on-conflict skip",
    { reason: 'primary-key', columns: ['x'], inTheWay: 'a.b.1', alsoUnique: true, alike: ['y'] },
  ],
  [
    'of a unique value that a row has',
    'a.b.2 has the same x (k)',
    'override does not help',
    { columns: ['x'], inTheWay: 'a.b.2' },
  ],
  [
    'of two objects of the archive',
    'a.b.2 has the same x (k)',
    'edit x in the archive',
    { columns: ['x'], inTheWay: 'a.b.2', inArchive: true },
  ],
  [
    'that only the database saw',
    'have the same x (k)',
    'run it again where another writer was faster; else edit x',
    { columns: ['x'] },
  ],
  [
    'of a row that excludes it',
    'a.b.2 excludes it by x (k)',
    'override does not help',
    { columns: ['x'], inTheWay: 'a.b.2', excludes: true },
  ],
  [
    'of two objects that exclude each other',
    'or one and a row of the target, exclude each other by x (k)',
    'else edit x',
    { columns: ['x'], excludes: true },
  ],
  [
    'of what excludes by no plain columns',
    'exclude each other by what they hold (k)',
    'else edit one of them',
    { excludes: true },
  ],
  ['over no plain columns', 'have the same unique columns (k)', 'else edit one of them', {}],
  [
    'of a reference',
    'x refers to a row that neither',
    'skip leaves it out, or edit x',
    { reason: 'missing-reference', columns: ['x'] },
  ],
  ['of a reference without columns', 'it refers to a row that neither', 'or edit the reference', { reason: 'missing-reference' }],
  [
    'of an object that stayed at home',
    'the target has no such row',
    'bring that row into the target first',
    { reason: 'missing-reference', constraint: externalObject },
  ],
  [
    'of another than stayed at home',
    'row of that key differs in x',
    'bring that row into the target first',
    { reason: 'missing-reference', constraint: externalObject, columns: ['x'], inTheWay: 'a.b.1' },
  ],
  [
    'of one that stayed at home and has another key there',
    'the target has it under another key: a.b.2 has the same x',
    'write the key of a.b.2 into what refers to it and into trailer.external',
    { reason: 'missing-reference', constraint: externalObject, columns: ['x'], inTheWay: 'a.b.2' },
  ],
  [
    'of a unique value by which the two could be the same',
    'a.b.2 has the same x (k)',
    "a policy with models: { 'a.b': { naturalKey: ['x'], merge: 'keep' } } takes the two for the same",
    { columns: ['x'], inTheWay: 'a.b.2', plain: true },
  ],
  [
    'of two namesakes in the target',
    'a.b.2 has the same x, and another row, too',
    'nobody can tell which row it is',
    { columns: ['x'], inTheWay: 'a.b.2', constraint: naturalKey },
  ],
  [
    'of two namesakes in the archive',
    'a.b.2 of the archive is the same row by x',
    'two objects cannot be one row',
    { columns: ['x'], inTheWay: 'a.b.2', constraint: naturalKey, inArchive: true },
  ],
  [
    'of a key that nothing makes another of',
    'differs in x',
    '--offset N gives it a key',
    { reason: 'primary-key', columns: ['x'], inTheWay: 'a.b.1', noNewKey: true },
  ],
  [
    'of a new key that is taken',
    'a.b.2 is there already, whose key it should get',
    'another --offset',
    { reason: 'primary-key', columns: ['id'], inTheWay: 'a.b.2', newKey: true },
  ],
  [
    'of references that no row can hold',
    'no row can hold in x what its references need',
    'or edit x',
    { reason: 'missing-reference', columns: ['x'], torn: true },
  ],
];

describe('what the terminal says of a conflict', () => {
  for (const [told, reason, advice, more] of cases) {
    it(`${told} tells what is in the way and what helps`, () => {
      const one = { ...conflict, ...more };
      expect(conflictReason(one)).to.contain(reason);
      expect(conflictAdvice(one)).to.contain(advice);
    });
  }
});
