import { expect } from 'chai';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import type { PinnedSession } from '../../src/dialect/postgres/pinned-session.js';
import { createRowReader } from '../../src/dialect/postgres/row-reader.js';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import type { HeldKeys } from '../../src/dialect/row-reader.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { dataSourceOf } from './data-source.js';
import { column, entity } from './entity.js';

const columns = [
  { ...column('id', 'integer', 'integer'), integer: 'int4' as const },
  { ...column('small', 'smallint', 'integer'), integer: 'int2' as const },
  { ...column('whole', 'integer', 'integer'), integer: 'int4' as const },
  column('big', 'bigint', 'integer'),
  column('word', 'text', 'text'),
];
const names = ['small', 'whole', 'big', 'word'] as const;

/** Every row of the table holds one of these, or NULL. */
const held: Readonly<Record<(typeof names)[number], readonly Key[]>> = {
  small: [-32768, 0, 1, 2, 32767],
  whole: [-2147483648, 0, 1, 2, 2147483647],
  big: ['-9223372036854775808', 0, 1, 2, '9223372036854775807'],
  word: ['', 'NULL', '{a,b}', '\\', 'é'],
};
const beyond: readonly Key[] = [40_000, -3_000_000_000, '9007199254740993'];

describe('a set of rows described by what they hold', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let session: PinnedSession;
  const rows: (readonly (Key | null)[])[] = [];

  before(async () => {
    database = await createDatabase({
      sql: 'CREATE TABLE item (id serial PRIMARY KEY, small int2, whole int4, big int8, word text)',
    });
    for (let row = 0; row < 300; row += 1) {
      const values = names.map((name, at) => [null, ...held[name]][Math.floor(row / 3 ** at) % 6] ?? null);
      rows.push(values);
      await database.query('INSERT INTO item (small, whole, big, word) VALUES ($1, $2, $3, $4)', values);
    }
    dataSource = await dataSourceOf(database.url);
    session = await openReadSession(dataSource);
  });

  after(async () => {
    await session.close();
    await dataSource.destroy();
    await database.drop();
  });

  const sets = fc.uniqueArray(
    fc.constantFrom(...names).chain((name) => {
      const keys = fc.subarray([...held[name], ...(name === 'word' ? ['other'] : beyond)]);
      return keys.map((values) => ({ column: name, of: `${name} ${values.join()}`, values }));
    }),
    { minLength: 1, maxLength: 3, selector: (one) => one.column },
  );

  function heldKeys({ column: name, of, values }: { column: string; of: string; values: readonly Key[] }): HeldKeys {
    const keys = createKeySet({ columns, key: [name] });
    for (const value of values) keys.add(value);
    return { column: name, of, keys };
  }

  it('is counted, read, and asked for what it lacks, whether the table is read whole or by its indexes', async () => {
    const reader = createRowReader(session);
    await fc.assert(
      fc.asyncProperty(sets, sets, fc.constantFrom(-1, 1), async (bringing, needed, estimatedRows) => {
        const item = { ...entity('item', columns, ['id']), estimatedRows };
        const set = { entity: item, anyOf: bringing.map(heldKeys) };
        const within = needed.map(heldKeys);
        const value = (row: readonly (Key | null)[], name: string): Key | null => row[names.indexOf(name as never)] ?? null;
        const isIn = (row: readonly (Key | null)[], one: (typeof bringing)[number]): boolean => {
          const here = value(row, one.column);
          return here !== null && one.values.includes(here);
        };
        const brought = bringing.map(() => 0);
        const lacked: string[] = [];
        let count = 0;
        for (const row of rows) {
          const by = bringing.findIndex((one) => isIn(row, one));
          if (by < 0) continue;
          brought[by] = (brought[by] ?? 0) + 1;
          count += 1;
          const lack = needed.map((one) => (isIn(row, one) ? null : value(row, one.column)));
          if (lack.some((one) => one !== null)) lacked.push(JSON.stringify(lack));
        }
        expect(await reader.census(set, within)).to.deep.equal({ failed: [], brought, lacking: lacked.length });
        const asked: string[] = [];
        for await (const batch of reader.lacking(set, within)) {
          for (let row = 0; row < batch.count; row += 1) asked.push(JSON.stringify(batch.groups.map((group) => group[row])));
        }
        expect(asked.sort()).to.deep.equal(lacked.sort());
        let text = '';
        for await (const chunk of reader.rowsOf(set, ['id'])) text += chunk.toString();
        const ids = text.split('\n').slice(0, -1).map(Number);
        expect(ids).to.have.length(count);
        expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
      }),
      { numRuns: 150 },
    );
  });
});
