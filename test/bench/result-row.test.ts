import { expect } from 'chai';
import { withoutReadingBack } from '../../bench/parts/without-reading-back.js';
import { resultLine } from '../../bench/result-row.js';

describe('a row of the benchmark', () => {
  const line = (ratio: number, ofRuns?: readonly number[]): string =>
    resultLine({ size: 10, what: 'time', ours: '1 s', comparedWith: '1 s', ratio, target: 1.2, ...(ofRuns && { ofRuns }) });

  it('says how many runs hold where not all do, though their median does', () => {
    expect(line(1.1, [1, 1.1, 1.2])).to.include('| 1.10 (1.00 to 1.20) | ≤ 1.2 | yes |');
    expect(line(1.1, [1, 1.1, 1.3])).to.include('| 1.10 (1.00 to 1.30) | ≤ 1.2 | 2 of 3 |');
    expect(line(1.25, [1, 1.25, 1.3])).to.include('| **no** |');
    expect(line(1.1)).to.include('| 1.10 | ≤ 1.2 | yes |');
  });

  it('does not leave the reading back out of imports in which it was not seen', () => {
    const run = { objects: 1, links: 0, bytes: 1, queries: 1, listed: 0, innerSeconds: 1, maxRss: 1, seconds: 2 };
    const series = (readBackSeconds: number) => ({
      ...{ size: 1, what: 'import', comparedWith: 'COPY', theirs: [run] },
      ours: [{ ...run, readBackSeconds }],
    });
    expect(withoutReadingBack(series(0.5)).ours.map(({ seconds }) => seconds)).to.deep.equal([1.5]);
    expect(() => withoutReadingBack(series(0))).to.throw('no statement was seen that reads back');
  });
});
