import { expect } from 'chai';
import fc from 'fast-check';
import { heldRun } from '../../src/closure/held-run.js';
import type { Key } from '../../src/closure/key.js';
import { PackedKeyRun } from '../../src/closure/packed-key-run.js';
import { column } from '../dialect/entity.js';

/** As a set that has its keys in a file gives them: one after the other, never as an array. */
function told(keys: readonly Key[]): { size: number; sorted(): Generator<Key> } {
  return {
    size: keys.length,
    *sorted() {
      yield* keys;
    },
  };
}

describe('keys of a set that become values in a statement', () => {
  it('are packed as they are read, and are the same', () => {
    const texts = fc.array(fc.oneof(fc.string(), fc.uuid(), fc.string({ unit: 'binary', minLength: 0, maxLength: 300 })));
    fc.assert(
      fc.property(texts, (keys) => {
        const run = heldRun(column('c', 'text', 'text'), told(keys));
        expect([...run]).to.deep.equal(keys);
      }),
    );
    const ids = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
    const run = heldRun(column('c', 'uuid', 'text'), told(ids));
    expect(run).to.be.instanceOf(PackedKeyRun);
    expect([...run]).to.deep.equal(ids);
  });

  it('stay as they are where no bytes hold them: integers, numbers, and what would not come back', () => {
    const long = 'x'.repeat(5000);
    for (const [of, keys] of [
      [column('c', 'bigint', 'integer'), [1, 2, 4]],
      [column('c', 'numeric', 'number'), ['1.0', '1.00']],
      [column('c', 'text', 'text'), ['a', long, 'b']],
    ] as const) {
      const run = heldRun(of, told(keys));
      expect(run).to.be.an('array');
      expect([...run]).to.deep.equal(keys);
    }
  });
});
