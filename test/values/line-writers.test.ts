import { expect } from 'chai';
import fc from 'fast-check';
import stringify from 'fast-json-stable-stringify';
import type { Key } from '../../src/closure/key.js';
import { toIntegerKey } from '../../src/closure/key.js';
import type { Column } from '../../src/schema/schema.js';
import { keyShape, keyToPk, toArchiveValue } from '../../src/values/archive-value.js';
import { escapeCopy } from '../../src/values/copy-text.js';
import { KernelLineWriter } from '../../src/values/kernel-line-writer.js';
import { lineKernel } from '../../src/values/line-kernel.js';
import type { LineOptions, LineShape, LineWriter, LinkMember } from '../../src/values/line-writer.js';
import { lineShape } from '../../src/values/line-writer.js';
import { OutputBuffer } from '../../src/values/output-buffer.js';
import { PlainLineWriter } from '../../src/values/plain-line-writer.js';
import { column, entity } from '../dialect/entity.js';

type Kind = Column['kind'];

const special = fc.constantFrom(
  '"',
  '\\',
  '\\N',
  '\n',
  '\t',
  '\v',
  '\b',
  '\f',
  '\r',
  '\u0001',
  '\u001f',
  '\u007f',
  '/',
  'é',
  '\u{1F600}',
  '\u2028',
);
const text = fc.oneof(
  fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.string({ maxLength: 20 }) }, special), { maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.tuple(special, fc.nat(70_000)).map(([one, length]) => one.repeat(length)),
);
const integer = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(
    '999999999999999',
    '-999999999999999',
    '1000000000000000',
    '9007199254740993',
    '9223372036854775807',
    '-9223372036854775808',
  ),
);
const values: Readonly<Record<Kind, fc.Arbitrary<string>>> = {
  integer: integer.map(String),
  number: fc.oneof(
    fc.double().map(String),
    integer.map(String),
    fc.constantFrom(
      '0',
      '-0',
      '0.5',
      '-0.5',
      '1.50',
      '1.',
      '.5',
      '00',
      '1e5',
      '1e+21',
      '0.0000001',
      'NaN',
      'Infinity',
      '-',
      '1-1',
      '1.2.3',
    ),
    fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.nat(9)).map(([whole, fraction]) => `${whole}.${fraction}`),
  ),
  boolean: fc.constantFrom('t', 'f'),
  text: text.map((one) => one.replaceAll('\0', '')),
};

interface Case {
  readonly key: Kind;
  readonly kinds: readonly Kind[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly links: readonly (readonly [row: number, other: number])[];
  readonly isOwned: boolean | undefined;
  readonly cutAt: number;
  readonly chunks: number;
}

const kinds = fc.constantFrom<Kind>('integer', 'number', 'boolean', 'text');

const cases: fc.Arbitrary<Case> = fc
  .record({ key: kinds, kinds: fc.array(kinds, { maxLength: 6 }) })
  .chain(({ key, kinds: some }) =>
    fc.record({
      key: fc.constant(key),
      kinds: fc.constant(some),
      rows: fc.array(fc.tuple(values[key], ...some.map((kind) => fc.option(values[kind]))), { minLength: 1, maxLength: 12 }),
      links:
        key === 'integer' ? fc.array(fc.tuple(fc.nat(12), fc.integer({ min: -3, max: 3 })), { maxLength: 30 }) : fc.constant([]),
      isOwned: fc.option(fc.boolean(), { nil: undefined }),
      cutAt: fc.nat(8),
      chunks: fc.integer({ min: 1, max: 4 }),
    }),
  );

/** What two of them make of the same rows, and what they told of references. */
function written(
  given: Case,
  make: (shape: LineShape, options: LineOptions) => LineWriter,
): { lines: string; found: string[]; rows: number } {
  const { options, rows, found } = laidOut(given);
  const shape = lineShape(options);
  const order = shape.columns.map(({ name }) => (name === 'key' ? 0 : Number(name.slice(1)) + 1));
  const lines = rows.map((row) => `${order.map((at) => escapeCopy(row[at] ?? null)).join('\t')}\n`);
  const writer = make(shape, options);
  const out = new OutputBuffer(Buffer.alloc(16));
  let count = 0;
  const size = Math.ceil(lines.length / given.chunks);
  for (let at = 0; at < lines.length; at += size) count += writer.write(Buffer.from(lines.slice(at, at + size).join('')), out);
  return { lines: out.takeText(), found: found.sort(), rows: count };
}

interface LaidOut {
  readonly options: LineOptions;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly found: string[];
}

function laidOut({ key, kinds: some, rows, links, isOwned, cutAt }: Case): LaidOut {
  const types = { integer: 'bigint', number: 'float8', boolean: 'boolean', text: 'text' } as const;
  // Names that come in another order than the columns: c5 before c0.
  const others = some.map((kind, at) => ({
    ...column(`c${String(at)}`, types[kind], kind),
    member: `m${String(some.length - at)}"`,
  }));
  const of = entity('model "x"', [column('key', types[key], key), ...others], ['key']);
  const distinct = [...new Map(rows.map((row) => [row[0], row])).values()];
  if (key === 'integer') distinct.sort(([a], [b]) => (BigInt(a ?? '') < BigInt(b ?? '') ? -1 : 1));
  const found: string[] = [];
  return {
    rows: distinct,
    found,
    options: {
      entity: of,
      isOwned: isOwned ?? ((one) => String(one).length % 2 === 0),
      lists: key === 'integer' ? [linkMember(distinct, links)] : [],
      cut: others
        .filter((_, at) => at === cutAt)
        .map(({ name }) => ({
          columns: [name],
          nulls: [name],
          when: undefined,
          is: (value: Key) => String(value).length % 2 === 1,
        })),
      // A key may be a reference, too.
      references: [...others, ...of.columns.slice(0, 1)].map(({ name }, at) => ({
        columns: at === 1 && name !== 'key' ? [name, 'c0'] : [name],
        isFine: (bytes: Buffer, start: number, end: number) => bytes.toString('utf8', start, end).length % 3 === 0,
        found: (value: Key, child: Key) => found.push(JSON.stringify([name, value, child])),
      })),
      lineStart: ',\n',
    },
  };
}

function linkMember(rows: Case['rows'], links: Case['links']): LinkMember {
  const pairs = links
    .flatMap(([row, other]) => {
      const owner = rows[row]?.[0];
      return owner === undefined || owner === null ? [] : [[toIntegerKey(owner), other] as const];
    })
    .filter(([owner]) => typeof owner === 'number');
  const sorted = [...new Map(pairs.map((pair) => [pair.join(), pair])).values()].sort(
    ([a, b], [c, d]) => Number(a) - Number(c) || b - d,
  );
  const byOwner = new Map<Key, number[]>();
  for (const [owner, other] of sorted) {
    const others = byOwner.get(owner);
    if (others === undefined) byOwner.set(owner, [other]);
    else others.push(other);
  }
  return {
    member: 'm3',
    inverse: { members: ['id'], kinds: ['integer'] },
    of: (key) => byOwner.get(key) ?? [],
    integers: {
      owners: Float64Array.from(sorted, ([owner]) => Number(owner)),
      others: Float64Array.from(sorted, ([, other]) => other),
    },
  };
}

/** By way of objects, which neither of them makes. */
function expectedLines(given: Case): string {
  const { options, rows } = laidOut(given);
  const { entity: of, isOwned, lists, cut } = options;
  return rows
    .map((row) => {
      const key = given.key === 'integer' ? toIntegerKey(row[0] ?? '') : (row[0] ?? '');
      const fields: Record<string, unknown> = {};
      of.columns.forEach(({ name, member, kind }, at) => {
        const value = row[at] ?? null;
        if (name === 'key') return;
        const isCut = value !== null && cut.some(({ columns, is }) => columns[0] === name && is(value));
        fields[member] = toArchiveValue(isCut ? null : value, kind);
      });
      for (const list of lists) fields[list.member] = list.of(key);
      const owned = typeof isOwned === 'boolean' ? isOwned : isOwned(key);
      return `,\n${stringify({ fields, model: of.model, pk: keyToPk(key, keyShape(of)), ...(owned ? {} : { shared: true }) })}`;
    })
    .join('');
}

const inJavaScript = (shape: LineShape, options: LineOptions): LineWriter => new PlainLineWriter(shape, options);

describe('rows that become lines', () => {
  const kernel = lineKernel()!;
  const inWebAssembly = (shape: LineShape, options: LineOptions): LineWriter => {
    expect(KernelLineWriter.suits(shape, options)).to.equal(true);
    return new KernelLineWriter(kernel, shape, options, new PlainLineWriter(shape, options));
  };

  it('are what JSON writes of their values, in JavaScript and in WebAssembly, which tell of the same references', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const lines = expectedLines(given);
        const plain = written(given, inJavaScript);
        expect(plain.lines).to.equal(lines);
        expect(written(given, inWebAssembly)).to.deep.equal(plain);
      }),
      { numRuns: Number(process.env['PORTOLAN_RUNS'] ?? 300) },
    );
  });

  it('may be longer than the kernel has room for, alone and beside others', () => {
    const long = ['x'.repeat(300_000), '\u0001'.repeat(120_000), '"\\\n'.repeat(200_000), 'x'.repeat(1_000_000)];
    const rows = long.flatMap((one, at) => [
      [String(at * 3), 'short'],
      [String(at * 3 + 1), one],
      [String(at * 3 + 2), 'short again'],
    ]);
    const given: Case = { key: 'integer', kinds: ['text'], rows, links: [], isOwned: true, cutAt: 9, chunks: 1 };
    const plain = written(given, inJavaScript);
    expect(plain.lines === expectedLines(given)).to.equal(true);
    const { lines, rows: count, found } = written(given, inWebAssembly);
    expect([lines === plain.lines, count, found.length]).to.deep.equal([true, 12, plain.found.length]);
  });

  it('may have more links than a page of memory holds, and be more than notes are kept of at once', () => {
    const rows = Array.from({ length: 20_000 }, (_, at): string[] => [String(at - 5000)]);
    const links = Array.from({ length: 50_000 }, (_, at) => [at % 5000, at] as const);
    const given: Case = { key: 'integer', kinds: [], rows, links, isOwned: undefined, cutAt: 9, chunks: 1 };
    const plain = written(given, inJavaScript);
    const { lines, rows: count } = written(given, inWebAssembly);
    expect([lines === plain.lines, count]).to.deep.equal([true, 20_000]);
  });

  it('may each have about as many links as there is room for, or more, and all of them more than one call is told of', () => {
    const counts = [29_126, 3000, 29_127, 0, 29_128, 10];
    const rows = Array.from({ length: 24 }, (_, at): string[] => [String(at)]);
    const links = rows.flatMap((_, at) =>
      Array.from({ length: counts[at % counts.length] ?? 0 }, (__, other) => [at, other] as const),
    );
    const given: Case = { key: 'integer', kinds: [], rows, links, isOwned: true, cutAt: 9, chunks: 1 };
    const plain = written(given, inJavaScript);
    const { lines, rows: count } = written(given, inWebAssembly);
    expect([lines === plain.lines, count]).to.deep.equal([true, 24]);
    // What one call cannot write is not copied for it.
    expect(kernel.bytes.length).to.be.below(8 * 1024 * 1024);
  });

  it('are JavaScript’s where a key has several columns, a reference is cut with another, or a link leads to a text', () => {
    const of = entity(
      'm',
      [column('a', 'bigint', 'integer'), column('b', 'text', 'text'), column('c', 'text', 'text')],
      ['a', 'b'],
    );
    const suits = (options: Partial<LineOptions>): boolean => {
      const all: LineOptions = { entity: of, isOwned: true, lists: [], cut: [], references: [], lineStart: '\n', ...options };
      return KernelLineWriter.suits(lineShape(all), all);
    };
    const single = { ...of, key: ['a'] };
    const cut = { columns: ['b'], nulls: ['b'], when: undefined, is: () => true };
    const list: LinkMember = { member: 'l', inverse: { members: ['id'], kinds: ['text'] }, of: () => [] };
    expect([suits({}), suits({ entity: single }), suits({ entity: single, cut: [cut] })]).to.deep.equal([false, true, true]);
    expect(suits({ entity: single, cut: [{ ...cut, columns: ['b', 'c'] }] })).to.equal(false);
    expect(suits({ entity: single, cut: [{ ...cut, nulls: ['c'] }] })).to.equal(false);
    expect(suits({ entity: single, cut: [{ ...cut, when: { column: 'c', value: 'x' } }] })).to.equal(false);
    expect(suits({ entity: single, lists: [list] })).to.equal(false);
    expect(
      suits({
        entity: { ...of, key: ['b'] },
        lists: [{ ...list, integers: { owners: new Float64Array(0), others: new Float64Array(0) } }],
      }),
    ).to.equal(false);
  });
});
