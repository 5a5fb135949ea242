import { expect } from 'chai';
import { ProgressView } from '../../src/cli/progress-view.js';
import { fit, widthOf } from '../../src/cli/fit.js';
import { durationText } from '../../src/cli/quantities.js';
import { TimeLeft } from '../../src/cli/time-left.js';
import type { ProgressEvent } from '../../src/progress.js';

const second = 1000;
const event = (done: number, more: Partial<ProgressEvent> = {}): ProgressEvent => ({
  ...{ stage: 'apply', model: 'demoapp.book', done, total: 100_000 },
  overall: { done, total: 100_000, exact: true, bytes: 250 * done, share: done / 100_000 },
  ...more,
});

/** A view after ten seconds of 1000 objects each. */
function underWay(more: Partial<ProgressEvent> = {}): ProgressView {
  const view = new ProgressView();
  for (let at = 0; at <= 10; at += 1) view.note(event(1000 * at, more), at * second);
  return view;
}

describe('the view of progress', () => {
  it('tells stage, model, rows, share, rate, bytes and time left', () => {
    const facts = ['10,000 of 100,000', '10 %', '1,000 objects/s', '2.5 MB', '1 min 30 s left'];
    expect(underWay().line(10 * second)).to.equal(`importing demoapp.book: ${facts.join(', ')}`);
    const bar = `${'█'.repeat(2)}${'░'.repeat(15)}`;
    expect(underWay().bar(10 * second, 110)).to.equal(`importing demoapp.book ${bar} ${facts.join(' · ')}`);
  });

  it('counts down between events', () => {
    expect(underWay().line(40 * second)).to.match(/, 1 min 00 s left$/u);
    expect(underWay().line(500 * second)).to.match(/, 1 s left$/u);
  });

  it('fits into any number of columns, and keeps rows and time left longest', () => {
    for (let columns = 1; columns <= 200; columns += 1) {
      const line = underWay().bar(10 * second, columns);
      expect(widthOf(line), line).to.be.at.most(columns);
      if (columns >= 40) expect(line).to.contain('10,000 of 100,000').and.contain('left');
    }
    const wide = underWay({ model: '本'.repeat(60) }).bar(10 * second, 100);
    expect(widthOf(wide)).to.be.at.most(100);
    expect(fit('本本本', 5)).to.equal('本本…');
  });

  it('shows no name that could move the cursor', () => {
    const view = underWay({ model: 'app.\u001b[2J\nbook' });
    expect(view.line(0)).to.match(/^importing app\.\?\[2J\?book: /u);
  });

  it('says what an estimate is, and counts all models where the walk does', () => {
    const view = new ProgressView();
    const overall = { done: 500, total: 2000, exact: false, bytes: 0, share: 0.1 };
    view.note({ stage: 'closure', model: 'demoapp.book', done: 500, total: undefined, overall }, 0);
    expect(view.line(0)).to.equal('finding what belongs demoapp.book: 500 of about 2,000, 10 %');
  });

  it('sums what units of a model tell in whatever order, and begins anew with the next stage', () => {
    const view = new ProgressView();
    for (const model of ['a.book', 'a.copy', 'a.book', 'a.copy', 'a.book'])
      view.note({ stage: 'rows', model, done: 30, total: 100 }, 0);
    expect(view.line(0)).to.equal('writing a.book: 90 of 100');
    view.note({ stage: 'verify', model: 'a.book', done: 5, total: 100 }, 0);
    expect(view.line(0)).to.equal('verifying a.book: 5 of 100');
  });

  it('measures the rate of the last seconds', () => {
    const view = underWay();
    for (let at = 1; at <= 10; at += 1) view.note(event(10_000 + 100 * at), (10 + at) * second);
    expect(view.line(20 * second)).to.contain(' 100 objects/s');
  });
});

describe('the time left', () => {
  it('is right at an even pace, and does not jump when the pace changes, but follows it', () => {
    const left = new TimeLeft();
    let told: number | undefined;
    const steps: number[] = [];
    // 1 % a second for 20 s, then half as much.
    for (let tenth = 0; tenth <= 800; tenth += 1) {
      const at = tenth * 100;
      const percent = Math.min(at, 20 * second) / second + Math.max(0, at - 20 * second) / 2 / second;
      left.note(percent / 100, at);
      const now = left.at(at);
      if (tenth === 200) expect(now).to.be.closeTo(80 * second, second);
      if (told !== undefined && now !== undefined) steps.push(Math.abs(now - told));
      told = now;
    }
    expect(Math.max(...steps)).to.be.lessThan(2 * second);
    expect(told).to.be.closeTo(100 * second, 2 * second);
  });

  it('is unknown until something tells, and stays what it was told where nothing moves', () => {
    const left = new TimeLeft();
    expect(left.at(0)).to.equal(undefined);
    left.note(0.1, 0);
    expect(left.at(0)).to.equal(undefined);
    left.note(0.2, second);
    expect(left.at(second)).to.be.closeTo(8 * second, 1);
  });

  it('is told in two units at most', () => {
    expect([10, 59_100, 65_000, 3_600_000, 7_500_000].map(durationText)).to.deep.equal([
      ...['1 s', '1 min 00 s', '1 min 05 s', '1 h 00 min', '2 h 05 min'],
    ]);
  });
});
