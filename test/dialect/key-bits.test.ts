import { expect } from 'chai';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import type { PinnedSession } from '../../src/dialect/postgres/pinned-session.js';
import { createRowReader } from '../../src/dialect/postgres/row-reader.js';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import type { RowReader } from '../../src/dialect/row-reader.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { dataSourceOf } from './data-source.js';
import { column, entity } from './entity.js';

/** Where keys lie: at both ends of what a type holds, and around zero. No key is beyond exact numbers. */
const places = {
  int2: [-32_768, -200, 32_767 - 400],
  int4: [-2_147_483_648, -200, 2_147_483_647 - 400],
  int8: [Number.MIN_SAFE_INTEGER, -200, Number.MAX_SAFE_INTEGER - 400],
} as const;
const types = ['int2', 'int4', 'int8'] as const;
const items = {
  int2: entity('item_int2', [{ ...column('id', 'smallint', 'integer'), integer: 'int2' as const }], ['id']),
  int4: entity('item_int4', [{ ...column('id', 'integer', 'integer'), integer: 'int4' as const }], ['id']),
  int8: entity('item_int8', [{ ...column('id', 'bigint', 'integer'), integer: 'int8' as const }], ['id']),
};

describe('many keys that lie close together', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let session: PinnedSession;
  let reader: RowReader;

  before(async () => {
    const tables = types.map((type) => {
      const ranges = places[type].map((from) => `SELECT i FROM generate_series(${String(from)}::int8, ${String(from)} + 400) i`);
      return `CREATE TABLE item_${type} (id ${type} UNIQUE);
        INSERT INTO item_${type} ${ranges.join(' UNION ')} UNION ALL SELECT NULL`;
    });
    database = await createDatabase({
      sql: `${tables.join(';')}; INSERT INTO item_int8 VALUES (-9223372036854775808), (9223372036854775807)`,
    });
    dataSource = await dataSourceOf(database.url);
    session = await openReadSession(dataSource);
    reader = createRowReader(session);
  });

  after(async () => {
    await session.close();
    await dataSource.destroy();
    await database.drop();
  });

  const keySets = fc
    .constantFrom(...types)
    .chain((type) =>
      fc
        .constantFrom(...places[type])
        .chain((from) =>
          fc
            .uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 50, maxLength: 300, size: 'max' })
            .map((offsets) => ({ type, keys: offsets.map((offset) => from + offset) })),
        ),
    );

  it('are all found, and no others, as keys and as values that are held, whatever their order', async () => {
    await fc.assert(
      fc.asyncProperty(keySets, async ({ type, keys }) => {
        const item = items[type];
        const ascending = keys.toSorted((a, b) => a - b);
        expect(await textOf(reader.rows(item, ['id'], ascending))).to.deep.equal(ascending.map(String));
        expect((await found(item, keys)).toSorted((a, b) => a - b)).to.deep.equal(ascending);
        const set = createKeySet(item);
        for (const key of keys) set.add(key);
        const held = { column: 'id', of: 'item', keys: set };
        for (const estimatedRows of [1, 1_000_000]) {
          const rows = { entity: { ...item, estimatedRows }, anyOf: [held] };
          expect(await reader.census(rows, [held])).to.deep.equal({ failed: [], brought: [keys.length], lacking: 0 });
          expect(await textOf(reader.rowsOf(rows, ['id']))).to.deep.equal(ascending.map(String));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are all left out where they are known', async () => {
    await fc.assert(
      fc.asyncProperty(keySets, async ({ type, keys }) => {
        const [from] = keys.toSorted((a, b) => a - b);
        const range = Array.from({ length: 401 }, (_, at) => places[type].findLast((place) => place <= (from ?? 0))! + at);
        const rest = range.filter((key) => !keys.includes(key));
        const remaining = await found(items[type], range, keys);
        expect(remaining.toSorted((a, b) => a - b)).to.deep.equal(rest);
      }),
      { numRuns: 30 },
    );
  });

  async function found(
    item: (typeof items)['int2'],
    values: readonly Key[],
    known: readonly Key[] = [],
  ): Promise<readonly number[]> {
    const except = known.length === 0 ? undefined : [{ column: 'id', keys: known }];
    const keys: number[] = [];
    for await (const batch of reader.keys({ entity: item, columns: ['id'], values, except }, [['id']])) {
      keys.push(...(batch.groups[0] ?? []).map(Number));
    }
    return keys;
  }
});

async function textOf(chunks: AsyncIterable<Buffer>): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of chunks) text += chunk.toString();
  return text.split('\n').slice(0, -1);
}
