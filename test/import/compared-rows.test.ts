import { expect } from 'chai';
import { move } from './move.js';

const names = Array.from({ length: 40 }, (_, at) => `c${String(at)}`);

describe('a row whose key is taken', () => {
  it('is told with the columns that differ, among more than a number has bits, and where one is megabytes long', async () => {
    const values = (change: Readonly<Record<number, string>>): string =>
      names.map((_, at) => change[at] ?? `'${String(at)}'`).join();
    const long = (last: string): string => `repeat('ä\\', 2000000) || '${last}'`;
    const wide = await move({
      sql: `CREATE TABLE wide (id text COLLATE "C" PRIMARY KEY, ${names.map((name) => `${name} text`).join()})`,
      source: `INSERT INTO wide VALUES ('a', ${values({ 1: long('a'), 39: 'NULL' })}), ('B', ${values({})}), ('c', ${values({ 1: long('c') })}), ('d', ${values({})}), ('e', ${values({})})`,
      target: `INSERT INTO wide VALUES ('a', ${values({ 0: "''", 1: long('b'), 32: "'3'" })}), ('B', ${values({})}), ('c', ${values({ 1: long('c') })}),
        ('d', ${values({ 0: 'NULL' })}), ('e', ${values({ 38: 'NULL' })})`,
      policy: { models: { wide: {} } },
      objects: ['wide.a', 'wide.B', 'wide.c', 'wide.d', 'wide.e'],
    });
    try {
      const { plan, conflicts } = await wide.import({ dryRun: true });
      expect(plan).to.deep.include({ same: { 'public.wide': 2 }, conflict: { 'public.wide': 3 } });
      expect(conflicts.map(({ object, columns }) => [object, [...columns].sort()])).to.deep.equal([
        ['public.wide.a', ['c0', 'c1', 'c32', 'c39']],
        ['public.wide.d', ['c0']],
        ['public.wide.e', ['c38']],
      ]);
    } finally {
      await wide.close();
    }
  });
});
