import { expect } from 'chai';
import fc from 'fast-check';
import stringify from 'fast-json-stable-stringify';
import type { ArchiveColumn, ArchiveEntity, ArchiveHeader, ArchiveObject, ArchiveValue } from '../../src/archive/archive.js';
import { headerKeyShape } from '../../src/archive/header-keys.js';
import { ObjectChecker } from '../../src/archive/object-checker.js';
import type { ValueKind } from '../../src/schema/schema.js';
import { EncodedObject } from '../../src/values/encoded-object.js';
import { memberKeys, memberText, objectKey } from '../../src/values/object-values.js';
import { createRowEncoder } from '../../src/values/row-encoder.js';
import { sampleHeader } from './sample-archive.js';

const members = ['a "quoted" one', 'bytes', 'count', 'é', 'flag', 'word'] as const;
const memberKinds = ['text', 'number', 'integer', 'text', 'boolean', 'text'] as const;

/** One model with columns of every kind and two lists, whose key is an integer or text. */
function headerOf(key: 'integer' | 'text'): ArchiveHeader {
  const columns: ArchiveEntity['columns'] = Object.fromEntries<ArchiveColumn>([
    ...members.map((member, at) => [member, { name: member, type: 'x', kind: memberKinds[at] ?? 'text' }] as const),
    ['id', { name: 'id', type: 'x', kind: key }] as const,
  ]);
  const link = { schema: 'public', table: 'x', ownerColumns: [], inverseColumns: [] };
  const other = { schema: 'public', table: 'other', key: ['id'], links: {}, references: [] };
  return {
    ...sampleHeader,
    entities: {
      'public.thing': {
        ...other,
        table: 'thing',
        columns,
        links: { tags: { ...link, model: 'public.tag' }, words: { ...link, model: 'public.word' } },
      },
      'public.tag': { ...other, columns: { id: { name: 'id', type: 'x', kind: 'integer' } } },
      'public.word': { ...other, columns: { id: { name: 'id', type: 'x', kind: 'text' } } },
    },
    order: ['public.thing'],
  };
}

const word = fc
  .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\\', '"', '\n\t\r\b\f\v', '\u0001\u001f', '\u007f', '😀', 'a\\"b'))
  .filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 999_999_999_999_999),
  fc.constantFrom('9223372036854775807', '-9223372036854775808'),
);
const number = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
  fc.constantFrom('NaN', '1.50', '-0', 0.5, 12.25, 1e21, 1e-7),
);
const valueOf: Readonly<Record<ValueKind, fc.Arbitrary<ArchiveValue>>> = { integer, number, boolean: fc.boolean(), text: word };
const fields = fc.record({
  ...Object.fromEntries(members.map((member, at) => [member, fc.option(valueOf[memberKinds[at] ?? 'text'], { freq: 5 })])),
  tags: fc.uniqueArray(fc.integer(), { maxLength: 4 }).map((keys) => keys.toSorted((a, b) => a - b)),
  words: fc
    .uniqueArray(word, { maxLength: 3 })
    .map((keys) => keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))),
});
const keys: Readonly<Record<'integer' | 'text', fc.Arbitrary<string | number>>> = {
  integer,
  text: word.filter((text) => text !== ''),
};
const shared = fc.constantFrom({}, { shared: true } as const);
const samples = fc.constantFrom('integer' as const, 'text' as const).chain((key) =>
  fc.record({ key: fc.constant(key), pk: keys[key], fields, shared }).map((one) => {
    const object = { model: 'public.thing', pk: one.pk, fields: one.fields, ...one.shared } as ArchiveObject;
    return { header: headerOf(one.key), object, line: Buffer.from(stringify(object)) };
  }),
);

/** What is asked of an object, whichever way it was read. */
function told(header: ArchiveHeader, object: ArchiveObject): unknown {
  const columns = [...members.map((member) => ({ member, inKey: false })), { member: 'id', inKey: true }];
  return {
    key: objectKey(object, headerKeyShape(header, 'public.thing')),
    texts: members.map((member) => memberText(object, member)),
    tags: memberKeys(object, 'tags', headerKeyShape(header, 'public.tag')),
    words: memberKeys(object, 'words', headerKeyShape(header, 'public.word')),
    row: createRowEncoder(columns)(object),
    fields: object.fields,
    pk: object.pk,
  };
}

/** A checker that is within the model: what stands before it has been read. */
function within(header: ArchiveHeader): ObjectChecker {
  const checker = new ObjectChecker(header, 'x');
  const empty = { ...Object.fromEntries(members.map((member) => [member, null])), tags: [], words: [] };
  const {
    kinds: [kind],
  } = headerKeyShape(header, 'public.thing');
  // Before every other key: no text is less than the empty one, and no bigint is less than this.
  checker.check({ model: 'public.thing', pk: kind === 'integer' ? '-99999999999999999999' : '', fields: empty }, 1);
  return checker;
}

describe('an object that stays in the bytes of its line', () => {
  it('tells what the parsed one does, of every kind of value', () => {
    let encoded = 0;
    fc.assert(
      fc.property(samples, fc.constantFrom('', ',\n'), ({ header, object, line }, behind) => {
        const read = within(header).decode(Buffer.concat([line, Buffer.from(behind)]), 0, line.length, 2);
        if (read === undefined) return;
        encoded += 1;
        expect(read).to.be.instanceOf(EncodedObject);
        expect(told(header, read)).to.deep.equal(told(header, object));
      }),
      { numRuns: 2000 },
    );
    expect(encoded, 'lines that need no parser').to.be.greaterThan(500);
  });

  it('is one only where the parsed one is in order too: any byte of the line may be another', () => {
    let encoded = 0;
    const edit = fc.record({
      place: fc.nat(),
      bytes: fc.oneof(
        fc.constantFrom(
          '',
          '0',
          '-',
          '"',
          '\\',
          ',',
          'null',
          'true',
          ' ',
          '[',
          '}',
          '\\u0000',
          '\\ud800',
          '1,1',
          '\n',
          '.',
          'e5',
          'é',
        ),
        fc.string({ maxLength: 2 }),
      ),
      taken: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(samples, edit, ({ header, line }, { place, bytes, taken }) => {
        const at = place % line.length;
        const edited = Buffer.concat([line.subarray(0, at), Buffer.from(bytes), line.subarray(at + taken)]);
        const check = (): ArchiveObject => within(header).check(JSON.parse(edited.toString()), 2);
        let read: ArchiveObject | undefined;
        try {
          read = within(header).decode(edited, 0, edited.length, 2);
        } catch (error) {
          // An empty key is that of the object before it.
          expect(check).to.throw((error as Error).message);
          return;
        }
        if (read === undefined) return;
        encoded += 1;
        const parsed = check();
        expect(told(header, read)).to.deep.equal(told(header, parsed));
      }),
      { numRuns: 10_000 },
    );
    expect(encoded, 'edited lines that need no parser').to.be.greaterThan(500);
  });

  it('is counted, and refused out of order and twice, like the parsed one', () => {
    const header = headerOf('integer');
    const lineOf = (pk: number): Buffer =>
      Buffer.from(
        stringify({
          model: 'public.thing',
          pk,
          fields: { ...Object.fromEntries(members.map((member) => [member, null])), tags: [1, 2], words: ['a'] },
        }),
      );
    const checker = within(header);
    const read = (pk: number, line: number): unknown => checker.decode(lineOf(pk), 0, lineOf(pk).length, line);
    expect(read(5, 2)).to.be.instanceOf(EncodedObject);
    expect(read(6, 3)).to.be.instanceOf(EncodedObject);
    const trailer = { objects: { 'public.thing': 3 }, links: { 'public.thing.tags': 4, 'public.thing.words': 2 }, total: 3 };
    const rest = { external: [], dangling: [], leftOut: [], sha256: '' };
    checker.compareCounts({ ...trailer, ...rest });
    expect(() => checker.compareCounts({ ...trailer, ...rest, links: {} }))
      .to.throw()
      .with.property('code', 'ARCHIVE_DAMAGED');
    expect(() => read(6, 4))
      .to.throw()
      .with.property('code', 'ARCHIVE_DUPLICATE');
    expect(() => read(4, 5))
      .to.throw()
      .with.property('code', 'ARCHIVE_UNSORTED');
  });

  it('is none where a list of keys has one twice, or not in order: what is wrong is for who parses it', () => {
    const header = headerOf('integer');
    const read = (lists: object): unknown => {
      const fields = { ...Object.fromEntries(members.map((member) => [member, null])), tags: [], words: [], ...lists };
      const line = Buffer.from(stringify({ model: 'public.thing', pk: 5, fields }));
      return within(header).decode(line, 0, line.length, 2);
    };
    expect(read({ tags: [1, 2], words: ['a', 'b'] })).to.be.instanceOf(EncodedObject);
    for (const tags of [
      [1, 1],
      [2, 1],
      [1, 2, 1],
    ])
      expect(read({ tags }), String(tags)).to.equal(undefined);
    for (const words of [
      ['a', 'a'],
      ['b', 'a'],
    ])
      expect(read({ words }), String(words)).to.equal(undefined);
  });
});
