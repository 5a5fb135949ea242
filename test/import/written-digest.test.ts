import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Key } from '../../src/closure/key.js';
import { DigestedRows } from '../../src/import/written-digest.js';
import type { Column, Entity } from '../../src/schema/schema.js';

const keyOf = (kind: string): Entity => ({ columns: [{ name: 'id', kind } as Column], key: ['id'] }) as unknown as Entity;

/** The digest after rows of some keys have gone through it. */
function digestOf(rows: DigestedRows, keys: readonly Key[]): ReturnType<DigestedRows['digest']> {
  for (const key of keys) {
    if (rows.notesKeys) rows.noteKey(key);
    rows.take(Buffer.from(`${String(key)}\n`));
  }
  return rows.digest();
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the digest of rows that are written', () => {
  it('goes with their keys, where these ascend as they are read back', () => {
    const digest = digestOf(new DigestedRows(keyOf('integer'), false), [-3, 4, 2 ** 40]);
    expect(digest?.sha256).to.equal(sha256(`-3\n4\n${String(2 ** 40)}\n`));
    expect([...(digest?.keys?.sorted() ?? [])]).to.deep.equal([-3, 4, 2 ** 40]);
  });

  for (const [what, keys, kind] of [
    ['one comes after a greater one', [1, 3, 2, 4], 'integer'],
    ['one stands twice', [1, 1], 'integer'],
    ['one is no exact number', [1, '9223372036854775807'], 'integer'],
    ['they are texts', ['a', 'b'], 'text'],
  ] as const)
    it(`is none beside other rows where ${what}`, () => {
      expect(digestOf(new DigestedRows(keyOf(kind), false), keys)).to.equal(undefined);
    });

  it('needs no keys where the table holds nothing else', () => {
    expect(digestOf(new DigestedRows(keyOf('text'), true), ['b', 'a'])).to.deep.equal({
      sha256: sha256('b\na\n'),
      keys: undefined,
    });
  });
});
