import { expect } from 'chai';
import { Budget } from '../../src/closure/budget.js';
import type { ClosureStep } from '../../src/closure/closure.js';

const step = (via: string, direction: ClosureStep['direction'], count: number): ClosureStep => {
  return { depth: 1, via, direction, model: `m.${via}`, count };
};

describe('a budget', () => {
  it('holds up to its last object and level', () => {
    const budget = new Budget({ maxObjects: 10, maxDepth: 3 });
    expect(budget.refusal(10, 3, () => [])).to.equal(undefined);
    expect(budget.refusal(11, 3, () => [])).to.include({
      code: 'BUDGET_EXCEEDED',
      message: 'the export would take more than 10 objects (--max-objects)',
      hint: 'See `portolan explain` for what brings how much, then narrow the seeds or raise the budget.',
    });
    expect(budget.refusal(10, 4, () => [])).to.include({
      code: 'BUDGET_EXCEEDED',
      message: 'the export would take a depth of more than 3 (--max-depth)',
    });
    expect(new Budget({}).refusal(1e15, 1e6, () => [])).to.equal(undefined);
  });

  it('names what brought most, over all levels, the first of those that brought as much', () => {
    const budget = new Budget({ maxObjects: 1 });
    const steps = [step('a', 'up', 2), step('b', 'down', 1), step('b', 'down', 2), step('b', 'up', 2), step('c', 'across', 3)];
    expect(budget.refusal(2, 0, () => steps)).to.include({
      message: 'the export would take more than 1 objects (--max-objects); b (down) brought 3 of m.b',
      hint: 'Stop there with --root m.b or --exclude m.b, follow it with a filter or limit in the policy, or raise the budget.',
    });
    expect(budget.refusal(2, 0, () => [step('a', 'up', 2)])).to.include({
      message: 'the export would take more than 1 objects (--max-objects); a (up) brought 2 of m.a',
      hint: 'See `portolan explain` for what brings how much, then narrow the seeds or raise the budget.',
    });
  });

  it('names what went too deep last', () => {
    const steps = [step('a', 'up', 20), step('b', 'across', 1)];
    expect(new Budget({ maxDepth: 0 }).refusal(2, 1, () => steps)).to.include({
      message: 'the export would take a depth of more than 0 (--max-depth); b (across) brought 1 of m.b',
    });
  });

  it('has patience while rows may be dropped: twice as much when rows fell, none when more seems to stay than may leave', () => {
    const budget = new Budget({ maxObjects: 10, maxDepth: 3 });
    const spent = (one: Budget): readonly boolean[] => [10, 11, 20, 21, 40, 41].map((total) => one.isSpent(total, 3));
    expect(spent(budget)).to.deep.equal([false, true, true, true, true, true]);
    expect(budget.isSpent(1, 4)).to.equal(true);
    const fell = budget.afterFall(12, 2);
    expect(spent(fell)).to.deep.equal([false, false, false, true, true, true]);
    expect(spent(fell.afterFall(20, 10))).to.deep.equal([false, false, false, false, false, true]);
    expect(spent(fell.afterFall(20, 9))).to.deep.equal(spent(budget));
    expect(fell.refusal(11, 3, () => [])).to.have.property('code', 'BUDGET_EXCEEDED');
    const deep = new Budget({ maxDepth: 3 }).afterFall(1000, 1);
    expect([deep.isSpent(1e9, 3), deep.isSpent(1, 4)]).to.deep.equal([false, true]);
  });
});
