import { expect } from 'chai';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { BinaryRows } from '../../src/dialect/postgres/binary-rows.js';
import { copyRows } from '../../src/dialect/postgres/copy-rows.js';
import type { PinnedSession } from '../../src/dialect/postgres/pinned-session.js';
import { openWriteSession } from '../../src/dialect/postgres/session.js';
import { valueRefused } from '../../src/import/value-refused.js';
import { escapeCopy } from '../../src/values/copy-text.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { dataSourceOf } from './data-source.js';

/** By type: values as the server writes them, and others that it takes, or refuses. */
const integer = (digits: number): fc.Arbitrary<string> => {
  const most = 2n ** BigInt(digits) - 1n;
  return fc.oneof(fc.bigInt({ min: -most - 1n, max: most }), fc.constantFrom(0n, most, -most - 1n)).map(String);
};
const clock = fc
  .tuple(
    fc.integer({ min: 1, max: 9999 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 31 }),
    fc.integer({ min: 0, max: 86_399 }),
    fc.oneof(
      fc.constant(''),
      fc.integer({ min: 1, max: 999_999 }).map((part) => `.${String(part).padStart(6, '0')}`),
    ),
  )
  .map(([year, month, day, second, part]) => {
    const time = new Date(second * 1000).toISOString().slice(11, 19);
    return [`${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`, `${time}${part.replace(/0+$/u, '')}`] as const;
  });
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '\\', '\t', '\n', '\r', '\v', '\b', '\f', '"', 'é', '\u{1F600}', '\u0001', 'N', '.') }),
  fc.string({ minLength: 14, maxLength: 50 }).map((one) => one.replaceAll('\0', '')),
  fc.constantFrom('', '\\N', '\\.', 'x'.repeat(5000), 'é\t'.repeat(3000)),
);
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  smallint: integer(15),
  integer: integer(31),
  bigint: integer(63),
  boolean: fc.constantFrom('t', 'f'),
  text,
  'character varying(20)': text.map((one) => one.slice(0, 9)),
  'character(3)': fc.constantFrom('a  ', 'abc', '   '),
  'timestamp with time zone': clock.map(([date, time]) => `${date} ${time}+00`),
  'timestamp(3) without time zone': clock.map(([date, time]) => `${date} ${time}`),
  date: clock.map(([date]) => date),
  uuid: fc.uuid(),
  json: text.map((one) => JSON.stringify({ one })),
  jsonb: text.map((one) => JSON.stringify([one.replaceAll('\u0000', '')])),
};
/** What the server reads in its own way, and what it refuses. */
const strange: Readonly<Record<string, readonly string[]>> = {
  smallint: ['+5', ' 7', '0x1F', '1_000', '007', '32768', '', 'a', '-'],
  integer: ['2147483648', '-2147483649', '00012', '1e3', '- 1'],
  bigint: ['9223372036854775808', '-0', '0b11'],
  boolean: ['true', 'no', '1', '', 'T'],
  text: [],
  'character varying(20)': ['x'.repeat(21), `${'x'.repeat(20)}   `],
  'character(3)': ['a', '', 'abcd', 'abc '],
  'timestamp with time zone': [
    'infinity',
    '-infinity',
    '0044-03-15 12:00:00+00 BC',
    '10000-01-01 00:00:00+00',
    '2020-01-01T00:00:00Z',
    '2020-01-01 00:00:00+05:30',
    '2020-02-30 00:00:00+00',
    '2020-01-01 24:00:00+00',
    '2020-01-01 23:59:60+00',
    '0000-01-01 00:00:00+00',
    '2020-01-01 00:00:00.1234567+00',
    '2020-01-01 00:00:00.+00',
    '294276-12-31 23:59:59.999999+00',
    'now',
  ],
  'timestamp(3) without time zone': [
    '2020-01-01 00:00:00.999999',
    '2020-01-01',
    '2020-01-01 00:00:00+00',
    '4714-11-24 00:00:00 BC',
  ],
  date: [
    'infinity',
    '0001-01-01 BC',
    '5874897-12-31',
    '2021-02-29',
    '1900-02-29',
    '2000-02-29',
    '01/02/2003',
    '2020-00-01',
    '2020-13-01',
  ],
  uuid: [
    '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}',
    'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
    'a0eebc999c0b4ef8bb6d6bb9bd380a11',
    'g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  ],
  json: ['{', 'null', ''],
  jsonb: ['{"a":1,"a":2}', '{', '"\\u0000"', ' [1.50]  '],
};
const types = Object.keys(values);
const columns = types.map((type, at) => ({ name: `c${String(at)}`, type }));

const row = (isStrange: boolean): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...types.map((type) => {
        const usual = fc.option((values[type] as fc.Arbitrary<string>).map(escapeCopy), { nil: '\\N', freq: 8 });
        const others = strange[type] ?? [];
        return isStrange && others.length > 0
          ? fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...others).map(escapeCopy) })
          : usual;
      }),
    )
    .map((parts) => `${parts.join('\t')}\n`);

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** What they take in binary, and what is left to text. */
function converted(
  rows: string,
  of: readonly { readonly type: string }[] = columns,
): { readonly rest: string; readonly pieces: number } {
  const conversion = BinaryRows.of(of)?.convert(Buffer.from(rows));
  if (conversion === undefined) throw new Error('there is no kernel');
  for (let pieces = 0; ; pieces += 1) {
    const next = conversion.next();
    if (next.done === true) return { rest: next.value.toString(), pieces };
  }
}

describe('rows that are copied in binary', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let session: PinnedSession;
  const list = columns.map(({ name, type }) => `${name} ${type}`).join(', ');

  before(async () => {
    database = await createDatabase({
      sql: `CREATE TABLE a (${list}); CREATE TABLE b (${list}); CREATE TABLE c (d date, t timestamptz)`,
    });
    dataSource = await dataSourceOf(database.url);
    session = await openWriteSession(dataSource);
  });

  after(async () => {
    await session.close();
    await dataSource.destroy();
    await database.drop();
  });

  /** What a table holds then, or why it took nothing. */
  async function outcome(name: 'a' | 'b', copy: () => Promise<unknown>): Promise<unknown> {
    await session.query('SAVEPOINT s');
    const count = await copy().catch((error: unknown) => error as Error);
    if (count instanceof Error) {
      await session.query('ROLLBACK TO SAVEPOINT s');
      const told = valueRefused(count, 'model') as Error & { readonly code?: string };
      return { code: told.code, message: told.message.replaceAll(/\bb\b/gu, 'a') };
    }
    const [held] = await session.query(`SELECT string_agg(x::text, E'\\n' ORDER BY x.ctid) FROM public.${name} x`);
    await session.query(`TRUNCATE public.${name}`);
    return { count, held };
  }

  async function sameFor(rows: readonly string[], cut: number): Promise<void> {
    async function* chunks(): AsyncGenerator<Buffer> {
      for (let at = 0; at < rows.length; at += cut) yield await Promise.resolve(Buffer.from(rows.slice(at, at + cut).join('')));
    }
    const table = (name: string): { schema: string; name: string } => ({ schema: 'public', name });
    const purpose = { what: 'write rows' };
    const theirs = await outcome('a', () => session.copyIn('COPY public.a FROM STDIN', chunks(), purpose));
    const ours = await outcome('b', () => copyRows(session, { table: table('b'), columns }, chunks(), purpose, 0));
    expect(ours).to.deep.equal(theirs);
  }

  it('hold what they would as text, whatever it is, and are refused as they would be', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.boolean().chain((is) => fc.array(row(is), { maxLength: 12 })),
        fc.integer({ min: 1, max: 5 }),
        sameFor,
      ),
      { numRuns: 150 },
    );
  });

  it('are told apart value by value: none of these is taken for another', async function () {
    this.timeout(120_000);
    const usual = types.map(() => '\\N');
    for (const [at, type] of types.entries()) {
      for (const value of strange[type] ?? []) {
        const parts = usual.with(at, escapeCopy(value));
        await sameFor([`${usual.join('\t')}\n`, `${parts.join('\t')}\n`, `${usual.join('\t')}\n`], 2);
      }
    }
  });

  it('are all that the server writes of usual values, to the last day and microsecond', async () => {
    await session.query(`INSERT INTO public.c SELECT date '0001-01-01' + n, timestamptz '0001-01-01 00:00:00+00' + n * interval '1 day' + n * interval '86399 microseconds'
      FROM generate_series(0, 3652058, 97) n`);
    await session.query(
      `INSERT INTO public.c SELECT date '1999-12-25' + n, timestamptz '2000-01-01 00:00:00+00' + n * interval '1 microsecond' FROM generate_series(-800, 800) n`,
    );
    const held: Buffer[] = [];
    for await (const chunk of session.copyOut('COPY public.c TO STDOUT')) held.push(Buffer.from(chunk));
    const before = Buffer.concat(held);
    const own = [
      { name: 'd', type: 'date' },
      { name: 't', type: 'timestamp with time zone' },
    ];
    expect(converted(before.toString(), own).rest).to.equal('');
    await session.query('TRUNCATE public.c');
    async function* only(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(before);
    }
    await copyRows(session, { table: { schema: 'public', name: 'c' }, columns: own }, only(), { what: 'write rows' }, 0);
    const after: Buffer[] = [];
    for await (const chunk of session.copyOut('COPY public.c TO STDOUT')) after.push(Buffer.from(chunk));
    expect(Buffer.concat(after).equals(before)).to.equal(true);
  });

  it('are taken as far as they are known, in pieces that there is room for', () => {
    const own = [{ type: 'bigint' }, { type: 'text' }];
    const usual = Array.from({ length: 40_000 }, (_, at) => `${String(at)}\t${'x'.repeat(at % 40)}\n`).join('');
    const all = converted(usual, own);
    expect(all.rest).to.equal('');
    expect(all.pieces).to.be.above(5);
    expect(converted(`${usual}x\ty\n1\t2\n`, own).rest).to.equal('x\ty\n1\t2\n');
    // Longer than any room, and rows of another form.
    const long = `1\t${'y'.repeat(600_000)}\n`;
    expect(converted(`1\t2\n${long}3\t4\n`, own).rest).to.equal(`${long}3\t4\n`);
    for (const other of ['1\n', '1\t2\t3\n']) expect(converted(`1\t2\n${other}`, own).rest).to.equal(other);
    expect(BinaryRows.of([{ type: 'bigint' }, { type: 'public.colour' }])).to.equal(undefined);
    expect(BinaryRows.of([])).to.equal(undefined);
  });
});
