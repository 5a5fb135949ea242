import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../src/import/decide.js';
import { Decisions } from '../../src/import/decisions.js';
import type { Decision } from '../../src/import/import-options.js';

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

  it('are those of a plain list, however many pages and outcomes they have', () => {
    const lists = Array.from({ length: 300 }, (_, at) => [`column ${String(at)}`]);
    const drawn = fc.record({ decision: fc.constantFrom('insert', 'same', 'update', 'merge', 'conflict'), list: fc.nat(299) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(drawn, fc.integer({ min: 1, max: 90_000 })), { maxLength: 8 }),
        fc.boolean(),
        (runs, isVaried) => {
          const kept = new Decisions();
          const wanted: { decision: Decision; columns: readonly string[] }[] = [];
          for (const [{ decision, list }, length] of runs)
            for (let at = 0; at < length; at += 1) {
              const columns = lists[isVaried ? (list + at) % lists.length : list] ?? [];
              const writes = decision === 'update' || decision === 'merge';
              if (kept.push(decision, writes ? columns : undefined) !== wanted.length) throw new Error('another place');
              wanted.push({ decision, columns: writes ? columns : [] });
            }
          for (let at = 0; at < wanted.length; at += 40_009) {
            kept.change(at, 'skip');
            wanted[at] = { decision: 'skip', columns: [] };
          }
          for (const [at, { decision, columns }] of wanted.entries()) {
            if (kept.at(at) !== decision) throw new Error(`another decision at ${String(at)}`);
            if (kept.columnsAt(at).join() !== columns.join()) throw new Error(`other columns at ${String(at)}`);
            if (kept.isWritten(at) !== (decision === 'insert' || columns.length > 0))
              throw new Error(`written or not at ${String(at)}`);
          }
          const count = (some: (one: (typeof wanted)[number]) => boolean): number => wanted.filter(some).length;
          expect(kept.length).to.equal(wanted.length);
          for (const decision of ['insert', 'same', 'update', 'merge', 'conflict', 'skip'] as const)
            expect(kept.count(decision)).to.equal(count((one) => one.decision === decision));
          expect(kept.updated).to.equal(count(({ columns }) => columns.length > 0));
          expect(kept.inserted).to.equal(count(({ decision }) => decision === 'insert'));
        },
      ),
      { numRuns: 20 },
    );
  });
});
