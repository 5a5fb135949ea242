import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import { compareKeys } from '../../src/closure/key-order.js';
import type { KeySet } from '../../src/closure/key-set.js';
import { createRowReader } from '../../src/dialect/postgres/row-reader.js';
import type { PinnedSession } from '../../src/dialect/postgres/pinned-session.js';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import type { ColumnGroup, RowSelection } from '../../src/dialect/row-reader.js';
import type { Entity } from '../../src/schema/schema.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { dataSourceOf } from './data-source.js';
import { column, entity } from './entity.js';

const awkward = [
  'NULL',
  'null',
  '',
  '\\N',
  '\\',
  '"',
  "'",
  '{a,b}',
  'a,b',
  '{',
  '}',
  'tab\there',
  'line\nfeed',
  'é',
  '\u{1F600}',
  '\uFFFD',
  ' a ',
  'a',
];

function setOf(keyed: Pick<Entity, 'columns' | 'key'>, keys: readonly Key[]): KeySet {
  const set = createKeySet(keyed);
  for (const key of keys) set.add(key);
  return set;
}

function codes(count: number): readonly Key[] {
  return Array.from({ length: count }, (_, at) => `c${String(at + 1)}`);
}

describe('the row reader', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let session: PinnedSession;

  before(async () => {
    database = await createDatabase({
      sql: `
        CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE, big bigint);
        INSERT INTO parent SELECT i, 'c' || i, CASE WHEN i % 2 = 0 THEN 9007199254740993 + i END FROM generate_series(-20, 70000) i;
        CREATE TABLE child (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), parent_code text, rank smallint);
        INSERT INTO child (parent_code, rank) SELECT 'c' || i % 10, i FROM generate_series(1, 100) i;
        CREATE TABLE word (word text, number int, PRIMARY KEY (word, number));
        CREATE TABLE list (tags text[] PRIMARY KEY);
        INSERT INTO list VALUES ('{a,b}'), ('{}'), ('{"NULL",NULL}');
        CREATE TABLE moment (at timestamptz PRIMARY KEY, mood "char", amount numeric(20,4), id oid UNIQUE, data bytea UNIQUE);
        INSERT INTO moment VALUES ('infinity', 'a', 1.5, 7, '\\x00'), ('0044-03-15 BC', 'b', 2, 4294967295, '\\xff01'), ('2024-01-01 00:00:00.123456', 'c', 'NaN', 8, '');
        CREATE TABLE loose (a int, b int); INSERT INTO loose VALUES (1, 1), (1, 2), (2, NULL);
      `,
    });
    for (const text of awkward) await database.query('INSERT INTO word VALUES ($1, 1), ($1, -2)', [text]);
    dataSource = await dataSourceOf(database.url);
  });

  beforeEach(async () => {
    session = await openReadSession(dataSource);
  });

  afterEach(() => session.close());

  after(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const parent = entity(
    'parent',
    [column('id', 'integer', 'integer'), column('code', 'text', 'text'), column('big', 'bigint', 'integer')],
    ['id'],
  );
  const child = entity(
    'child',
    [column('id', 'uuid', 'text'), column('parent_code', 'text', 'text'), column('rank', 'smallint', 'integer')],
    ['id'],
  );
  const word = entity('word', [column('word', 'text', 'text'), column('number', 'integer', 'integer')], ['word', 'number']);

  async function keysOf(selection: RowSelection, select: readonly ColumnGroup[]): Promise<(Key | null)[][]> {
    const rows: (Key | null)[][] = [];
    for await (const { count, groups } of createRowReader(session).keys(selection, select)) {
      expect(groups.map((group) => group.length)).to.deep.equal(select.map(() => count));
      for (let at = 0; at < count; at += 1) rows.push(groups.map((group) => group[at] ?? null));
    }
    return rows;
  }

  async function rowsOf(of: Entity, columns: readonly string[], keys: Iterable<Key>): Promise<readonly string[]> {
    const chunks: Buffer[] = [];
    for await (const chunk of createRowReader(session).rows(of, columns, keys)) {
      expect(chunk.at(-1), 'chunks end at row ends').to.equal(0x0a);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString().split('\n').slice(0, -1);
  }

  it('finds rows by dense, sparse, negative and absent integers', async () => {
    const find = async (values: readonly Key[]): Promise<readonly (Key | null)[]> =>
      (await keysOf({ entity: parent, columns: ['id'], values }, [['id']]))
        .map(([key]) => key ?? null)
        .sort((a, b) => Number(a) - Number(b));
    expect(await find([-3, -2, -1, 0, 1])).to.deep.equal([-3, -2, -1, 0, 1]);
    expect(await find([-20, 5, 4, 69_000, 80_000])).to.deep.equal([-20, 4, 5, 69_000]);
    expect(await find([])).to.deep.equal([]);
    expect(await find(['9223372036854775807', 3])).to.deep.equal([3]);
  });

  it('reads integers as numbers where they are safe, else as text, and null where a column is NULL', async () => {
    const rows = await keysOf({ entity: parent, columns: ['id'], values: [1, 2] }, [['id'], ['big'], ['id', 'big'], []]);
    expect(rows.sort((a, b) => Number(a[0]) - Number(b[0]))).to.deep.equal([
      [1, null, null, null],
      [2, '9007199254740995', '2\x009007199254740995', null],
    ]);
  });

  it('counts rows where no column is asked for', async () => {
    const loose = entity('loose', [column('a', 'integer', 'integer'), column('b', 'integer', 'integer')], []);
    expect(await keysOf({ entity: loose, columns: ['a'], values: [1] }, [[]])).to.deep.equal([[null], [null]]);
    expect(await keysOf({ entity: loose, columns: ['a'], values: [1, 2], limit: 1 }, [['a'], ['b']])).to.deep.equal([
      [1, 1],
      [2, null],
    ]);
  });

  it('finds texts that look like structure, alone and in composite keys', async () => {
    const alone = await keysOf({ entity: word, columns: ['word'], values: awkward }, [['word']]);
    expect(new Set(alone.flat())).to.deep.equal(new Set(awkward));
    const keys = awkward.flatMap((text) => [`${text}\x001`, `${text}\0-2`]);
    const found = await keysOf({ entity: word, columns: ['word', 'number'], values: [...keys, 'a\x003'] }, [['word', 'number']]);
    expect(found.flat().sort()).to.deep.equal([...keys].sort());
  });

  it('finds keys of other types: arrays, timestamps, numeric, oid, bytea', async () => {
    const list = entity('list', [column('tags', 'text[]', 'text')], ['tags']);
    const tags = ['{a,b}', '{}', '{"NULL",NULL}'];
    expect((await keysOf({ entity: list, columns: ['tags'], values: tags }, [['tags']])).flat()).to.have.members(tags);
    const moment = entity(
      'moment',
      [
        column('at', 'timestamp with time zone', 'text'),
        column('mood', '"char"', 'text'),
        column('amount', 'numeric', 'number'),
        column('id', 'oid', 'integer'),
        column('data', 'bytea', 'text'),
      ],
      ['at'],
    );
    for (const [name, values] of [
      ['at', ['infinity', '0044-03-15 00:00:00+00 BC', '2024-01-01 00:00:00.123456+00']],
      ['mood', ['a', 'c']],
      ['amount', ['NaN', '1.5000']],
      ['id', [7, 4_294_967_295]],
      ['data', ['', '\\x00', '\\xff01']],
    ] as const) {
      const found = (await keysOf({ entity: moment, columns: [name], values }, [[name]])).flat();
      expect(found).to.have.members(values.map((value) => (name === 'data' && value === '' ? '\\x' : value)));
    }
    expect(
      await rowsOf(moment, ['amount'], ['0044-03-15 00:00:00+00 BC', '2024-01-01 00:00:00.123456+00', 'infinity']),
    ).to.deep.equal(['2.0000', 'NaN', '1.5000']);
  });

  it('goes through another entity where the values are not in the columns', async () => {
    const through = { entity: parent, columns: ['code'], keyColumns: ['id'] };
    const dense = await keysOf({ entity: child, columns: ['parent_code'], values: [1, 2], through }, [['parent_code']]);
    expect(dense.length).to.equal(20);
    const sparse = await keysOf({ entity: child, columns: ['parent_code'], values: [1, 5, 500], through }, [['parent_code']]);
    expect(new Set(sparse.flat())).to.deep.equal(new Set(['c1', 'c5']));
  });

  it('narrows by SQL and by a number of rows for each value, in key order', async () => {
    const where = 'rank > 50 -- a comment';
    const narrow = await keysOf({ entity: child, columns: ['parent_code'], values: ['c1', 'c2'], where }, [['rank']]);
    expect(narrow.flat().sort()).to.deep.equal([51, 52, 61, 62, 71, 72, 81, 82, 91, 92]);
    const limited = await keysOf({ entity: child, columns: ['parent_code'], values: ['c1', 'c2', 'c3'], limit: 2 }, [
      ['parent_code'],
      ['id'],
    ]);
    const expected = await database.query(`SELECT min(id::text) id FROM child WHERE parent_code = 'c1'`);
    expect(limited.length).to.equal(6);
    expect(limited.filter(([code]) => code === 'c1').map(([, id]) => id)).to.include(expected[0]?.['id']);
    const through = { entity: parent, columns: ['code'], keyColumns: ['id'] };
    expect(
      (await keysOf({ entity: child, columns: ['parent_code'], values: [1, 2, 3], through, limit: 3, where }, [['id']])).length,
    ).to.equal(9);
  });

  it("gives rows in the archive's order, within and across batches", async () => {
    const ids = Array.from({ length: 70_021 }, (_, at) => at - 20).filter((id) => id % 3 !== 0);
    const rows = await rowsOf(parent, ['id', 'code'], [...ids, 90_000]);
    expect(rows).to.deep.equal(ids.map((id) => `${String(id)}\tc${String(id)}`));
    const keys = awkward.flatMap((text) => [`${text}\x001`, `${text}\0-2`]).sort(compareKeys(word));
    const words = await rowsOf(word, ['number', 'word'], keys);
    expect(words.length).to.equal(keys.length);
    expect(words.map((row) => Number(row.split('\t')[0]))).to.deep.equal(keys.map((key) => Number(key.split('\0')[1])));
    expect(words[0]).to.equal('-2\t');
    const uuids = (
      await keysOf({ entity: child, columns: ['rank'], values: Array.from({ length: 100 }, (_, at) => at + 1) }, [['id']])
    ).flat() as Key[];
    uuids.sort(compareKeys(child));
    expect(await rowsOf(child, ['id'], uuids)).to.deep.equal(uuids);
  });

  it('finds rows by keys that are packed, whatever they hold and however many there are', async () => {
    const keys = awkward.flatMap((text) => [`${text}\x001`, `${text}\0-2`]).sort(compareKeys(word));
    const packed = setOf(word, [...keys, 'none of them\x007']);
    const selected: RowSelection = { entity: word, columns: ['word', 'number'], values: packed };
    expect((await keysOf(selected, [['word', 'number']])).flat().sort()).to.deep.equal([...keys].sort());
    expect(await rowsOf(word, ['number', 'word'], packed.sorted())).to.deep.equal(await rowsOf(word, ['number', 'word'], keys));
    const parents = setOf({ ...parent, key: ['code'] }, codes(70_000));
    const found = (await keysOf({ entity: parent, columns: ['code'], values: parents }, [['code']])).flat();
    expect(found.length).to.equal(70_000);
    expect(setOf({ ...parent, key: ['code'] }, found as Key[]).size).to.equal(70_000);
    const held = { column: 'parent_code', of: 'parent', keys: parents };
    const census = await createRowReader(session).census({ entity: child, anyOf: [held] }, [held]);
    expect(census).to.deep.equal({ brought: [90], failed: [], lacking: 0 });
  });

  it('stays usable when its consumer stops early', async () => {
    for await (const batch of createRowReader(session).keys(
      { entity: parent, columns: ['id'], values: Array.from({ length: 60_000 }, (_, at) => at) },
      [['id']],
    )) {
      expect(batch.count).to.be.greaterThan(0);
      break;
    }
    expect(await session.query('SELECT 1')).to.deep.equal([['1']]);
  });
});
