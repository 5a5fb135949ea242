import { expect } from 'chai';
import { conflictLines } from '../../src/cli/conflict-lines.js';
import type { Conflict } from '../../src/import/import-options.js';

const taken = (model: string, key: number): Conflict => ({
  object: `${model}.${String(key)}`,
  reason: 'primary-key',
  constraint: '',
  columns: ['name'],
  inTheWay: `${model}.${String(key)}`,
});
const many = (model: string, count: number): readonly Conflict[] =>
  Array.from({ length: count }, (_, at) => taken(model, at + 1));

describe('the conflicts on a terminal', () => {
  it('are all shown where they are few, with what helps', () => {
    const lines = conflictLines([taken('a.b', 1), taken('a.c', 1)]);
    expect(lines).to.have.length(2);
    expect(lines[1]).to.match(/^conflict: a\.c\.1: a different a\.c\.1 is there: it differs in name\n {2}→ --on-conflict/u);
  });

  it('of one model do not hide those of another', () => {
    const lines = conflictLines([...many('a.b', 500), ...many('a.c', 2)]);
    expect(lines.map((line) => line.split(':').slice(0, 2).join(':'))).to.deep.equal([
      ...['conflict: a.b.1', 'conflict: a.b.2', 'conflict: a.b.3', '  … and 497 more of a.b for the same reason'],
      ...['conflict: a.c.1', 'conflict: a.c.2', '497 more conflicts are not shown (--json lists them)'],
    ]);
  });

  it('are at most twenty, and the rest is counted', () => {
    const lines = conflictLines(Array.from({ length: 30 }, (_, at) => taken(`a.m${String(at)}`, 1)));
    expect(lines).to.have.length(21);
    expect(lines.at(-1)).to.equal('10 more conflicts are not shown (--json lists them)');
  });
});
