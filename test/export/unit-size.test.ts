import { expect } from 'chai';
import { usualSizes } from '../../src/export/export-sizes.js';
import { UnitSize } from '../../src/export/unit-size.js';

describe('the rows of a unit', () => {
  const sizes = { ...usualSizes, unit: 100, links: 1000 };

  it('are as many as one query is worth, and as many more for each relation that takes another', () => {
    expect(new UnitSize(sizes, 0).rows).to.equal(100);
    const two = new UnitSize(sizes, 2);
    expect(two.rows).to.equal(300);
    two.note(300, 300);
    expect(two.rows).to.equal(300);
  });

  it('are fewer where their links would be too many at once', () => {
    const size = new UnitSize(sizes, 1);
    size.note(10, 500);
    expect(size.rows).to.equal(20);
    size.note(10, 100_000_000);
    expect(size.rows).to.equal(1);
  });
});
