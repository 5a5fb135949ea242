import { expect } from 'chai';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import type { TakeOptions, Taking } from './take-from.js';
import { takeFrom } from './take-from.js';

const size = 300;

/** Long chains with side ways, by a few multiplications: three tables that lead to themselves and to each other, and links. */
function madeSql(seed: number): string {
  let state = seed;
  const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const any = (): number => 1 + Math.floor(chance() * size);
  /** Mostly the row before, sometimes none, or any. */
  const before = (n: number, least = 0.04): string => {
    const luck = chance();
    return n === 1 || luck < least ? 'NULL' : luck < 2 * least ? String(any()) : String(n - 1);
  };
  const rows = (make: (n: number) => string): string => Array.from({ length: size }, (_, at) => `(${make(at + 1)})`).join(', ');
  const rarely = (): string => (chance() < 0.03 ? String(any()) : 'NULL');
  return `
    CREATE TABLE home (id int PRIMARY KEY); INSERT INTO home VALUES (1), (2);
    CREATE TABLE leaf (id int PRIMARY KEY, parent int, twig int, home int REFERENCES home);
    CREATE TABLE twig (id int PRIMARY KEY, leaf int, other int);
    CREATE TABLE touch (one int, other int, PRIMARY KEY (one, other));
    INSERT INTO leaf VALUES ${rows((n) => [n, before(n), rarely(), n % 50 === 1 ? 1 + (n % 2) : 'NULL'].join(','))};
    INSERT INTO twig VALUES ${rows((n) => [n, before(n, 0.1), rarely()].join(','))};
    INSERT INTO touch VALUES ${rows(() => [any(), any()].join(','))} ON CONFLICT DO NOTHING;
    UPDATE leaf SET twig = id WHERE parent IS NULL;
    ALTER TABLE leaf ADD FOREIGN KEY (parent) REFERENCES leaf, ADD FOREIGN KEY (twig) REFERENCES twig;
    ALTER TABLE twig ADD FOREIGN KEY (leaf) REFERENCES leaf, ADD FOREIGN KEY (other) REFERENCES twig;
    ALTER TABLE touch ADD FOREIGN KEY (one) REFERENCES leaf, ADD FOREIGN KEY (other) REFERENCES twig;
    CREATE INDEX ON leaf (parent); CREATE INDEX ON leaf (twig); CREATE INDEX ON twig (leaf); CREATE INDEX ON twig (other);
    CREATE INDEX ON touch (other);`;
}

describe('rows that are looked ahead', () => {
  for (const seed of [11, 23, 37]) {
    it(`are those that a walk level by level takes, in the same roles (${String(seed)})`, async function () {
      this.timeout(300_000);
      const chart: Chart = await drawChart({ before: madeSql(seed), synchronize: false, policy: { models: { home: {} } } });
      try {
        let ahead = 0;
        const same = async (options: TakeOptions): Promise<void> => {
          const result = ({ rows, closure }: Taking): unknown => ({
            rows,
            external: [...closure.external].map(([model, keys]) => [model, ...keys.sorted()]),
            links: closure.links.map(({ name }) => name),
          });
          const taking = await takeFrom(chart, options, (one) => one);
          const levels = await takeFrom(chart, { ...options, maxDepth: 10_000 }, (one) => one);
          expect(result(taking)).to.deep.equal(result(levels));
          // What lies above a boundary's seeds is asked without a budget, and so ahead in both.
          const looks = ({ reads }: Taking): number => reads.filter((read) => read.startsWith('rows ahead')).length;
          ahead += looks(taking) - looks(levels);
        };
        for (const follow of ['dependencies', 'owned', 'connected'] as const) {
          for (const seeds of [{ home: [1] }, { leaf: [1] }, { leaf: [size] }, { twig: [size] }]) {
            await same({ seeds, follow });
            await same({ seeds, follow, roots: new Set(['public.twig']) });
            await same({ seeds, follow, boundary: new Map([['public.home', 'drop']]) });
            await same({ seeds, follow, boundary: new Map([['public.twig', 'stub']]) });
            await same({ seeds, follow, sharedAsKey: (model) => model === 'public.twig' });
          }
        }
        expect(ahead).to.be.greaterThan(20);
      } finally {
        await chart.close();
      }
    });
  }
});
