import { expect } from 'chai';
import { decide } from '../../src/import/decide.js';
import { Decisions } from '../../src/import/decisions.js';

describe('a decision', () => {
  const columns = ['title'];

  for (const [facts, fail, skip, override] of [
    [{ is: 'absent' }, 'insert', 'insert', 'insert'],
    [{ is: 'equal' }, 'same', 'same', 'same'],
    [{ is: 'different', columns }, 'conflict', 'skip', 'update'],
    [{ is: 'fixed', columns }, 'conflict', 'skip', 'conflict'],
    [{ is: 'unique-taken' }, 'conflict', 'skip', 'conflict'],
  ] as const) {
    it(`on what is ${facts.is} follows from facts and strategy alone`, () => {
      expect((['fail', 'skip', 'override'] as const).map((strategy) => decide(facts, strategy))).to.deep.equal([
        fail,
        skip,
        override,
      ]);
    });
  }
});

describe('the decisions on the objects of a model', () => {
  it('are kept by place, however many there are, with the columns of updates', () => {
    const kept = new Decisions();
    const columns = [['a'], ['a', 'b'], ['b']] as const;
    for (let at = 0; at < 5000; at += 1) {
      const place = at % 3 === 0 ? kept.push('update', columns[(at / 3) % 3]) : kept.push(at % 3 === 1 ? 'insert' : 'same');
      expect(place).to.equal(at);
    }
    expect(kept.length).to.equal(5000);
    expect(kept.groups).to.deep.equal(columns);
    expect([kept.count('update'), kept.count('insert'), kept.count('same'), kept.count('skip')]).to.deep.equal([
      1667, 1667, 1666, 0,
    ]);
    for (const at of [0, 3, 6, 1023, 1026, 4095, 4998]) {
      expect([kept.at(at), kept.groupAt(at), kept.columnsAt(at)], String(at)).to.deep.equal([
        'update',
        (at / 3) % 3,
        columns[(at / 3) % 3],
      ]);
    }
    for (const [at, decision] of [
      [1, 'insert'],
      [1024, 'insert'],
      [2, 'same'],
    ] as const)
      expect([kept.at(at), kept.groupAt(at), kept.columnsAt(at)], String(at)).to.deep.equal([decision, undefined, []]);
  });

  it('are changed where more is known: what is no update any more has no columns', () => {
    const kept = new Decisions();
    kept.push('update', ['a']);
    kept.push('insert');
    kept.change(0, 'conflict');
    kept.change(1, 'skip');
    expect([kept.at(0), kept.groupAt(0), kept.columnsAt(0), kept.at(1)]).to.deep.equal(['conflict', undefined, [], 'skip']);
    expect([kept.length, kept.count('update'), kept.count('skip')]).to.deep.equal([2, 0, 1]);
  });
});
