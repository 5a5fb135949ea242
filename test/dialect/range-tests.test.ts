import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import type { PinnedSession } from '../../src/dialect/postgres/pinned-session.js';
import { createRowReader } from '../../src/dialect/postgres/row-reader.js';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { dataSourceOf } from './data-source.js';
import { column, entity } from './entity.js';

/** Such as lie beyond others in one order and before them in another. */
const words = ['', 'A', 'Z', 'a', 'b', 'z', 'é', 'É', 'a b', 'a-b', 'ab', "it's", '\\', '~', '\u{1F600}', '\uFFFD'];
const numbers = [-9, 0, 5, 10, 2_000_000_000];

describe('rows by composite keys', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let session: PinnedSession;

  before(async () => {
    database = await createDatabase({
      sql: `CREATE TABLE pair (word text, number integer, part uuid, at date, PRIMARY KEY (word, number));
            CREATE UNIQUE INDEX ON pair (number, part, word); CREATE UNIQUE INDEX ON pair (at, word, number)`,
    });
    for (const word of words)
      for (const number of numbers)
        await database.query("INSERT INTO pair VALUES ($1, $2::int, md5($1 || $2)::uuid, date '2024-01-01' + $2::int % 100)", [
          word,
          String(number),
        ]);
    dataSource = await dataSourceOf(database.url);
    session = await openReadSession(dataSource);
  });

  after(async () => {
    await session.close();
    await dataSource.destroy();
    await database.drop();
  });

  const columns = [
    ...[column('word', 'text', 'text'), column('number', 'integer', 'integer')],
    ...[column('part', 'uuid', 'text'), column('at', 'date', 'text')],
  ];

  for (const key of [
    ['word', 'number'],
    ['number', 'part', 'word'],
    ['at', 'word', 'number'],
    ['part', 'number'],
  ]) {
    it(`come all, in their order, in parts of any size: ${key.join(', ')}`, async () => {
      const pair = entity('pair', columns, key);
      const set = createKeySet(pair);
      const rows = await session.query(`SELECT ${key.map((name) => `${name}::text`).join(', ')} FROM public.pair`);
      for (const row of rows) set.add(row.join('\0'));
      const expected: readonly Key[] = [...set.sorted()];
      for (const texts of [1, 3, 7, 1000]) {
        const reader = createRowReader(session, { integers: texts, texts });
        let text = '';
        for await (const chunk of reader.rows(pair, key, set.sorted())) text += chunk.toString();
        const read = text.split('\n').slice(0, -1);
        expect(read.map((line) => line.replaceAll('\\\\', '\\').replaceAll('\t', '\0'))).to.deep.equal(expected);
      }
    });
  }
});
