import { expect } from 'chai';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import type { TakeOptions, Taking } from './take-from.js';
import { needsServer } from '../support/needs-server.js';
import { takeFrom } from './take-from.js';

const models = { kind: {}, even: {}, person: {}, bare: {}, shelf: {} };

/** Nodes 1 to 20 000 are a chain, 30 001 to 40 000 a tree of two thousand levels, 50 001 to 60 000 lead round and round. */
const sql = `
  CREATE TABLE kind (id int PRIMARY KEY);
  CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node, kind int REFERENCES kind);
  CREATE INDEX ON node (parent);
  CREATE TABLE remark (id int PRIMARY KEY, node int REFERENCES node);
  CREATE TABLE answer (id int PRIMARY KEY, remark int REFERENCES remark);
  INSERT INTO kind SELECT n FROM generate_series(1, 50) n;
  INSERT INTO node SELECT n, n - 1, 1 + n / 1000 FROM generate_series(2, 20000) n UNION ALL SELECT 1, NULL, 1;
  INSERT INTO node SELECT 30000 + n, CASE WHEN n > 5 THEN 30000 + n - 1 - n % 5 END, 30 FROM generate_series(1, 10000) n;
  INSERT INTO node SELECT 50000 + n, CASE n WHEN 1 THEN 60000 ELSE 49999 + n END, 40 FROM generate_series(1, 10000) n;
  INSERT INTO remark SELECT id, id FROM node WHERE id % 100 = 0; INSERT INTO answer SELECT id, id FROM remark;
  CREATE TABLE even (id uuid PRIMARY KEY, odd uuid);
  CREATE TABLE odd (id uuid PRIMARY KEY, even uuid REFERENCES even);
  ALTER TABLE even ADD FOREIGN KEY (odd) REFERENCES odd;
  CREATE INDEX ON even (odd); CREATE INDEX ON odd (even);
  ALTER TABLE even DISABLE TRIGGER ALL;
  INSERT INTO even SELECT lpad(n::text, 32, '0')::uuid, lpad((n - 1)::text, 32, '0')::uuid FROM generate_series(2, 10000, 2) n;
  ALTER TABLE even ENABLE TRIGGER ALL;
  INSERT INTO odd SELECT lpad(n::text, 32, '0')::uuid, CASE WHEN n > 1 THEN lpad((n - 1)::text, 32, '0')::uuid END FROM generate_series(1, 9999, 2) n;
  CREATE TABLE club (id int PRIMARY KEY); INSERT INTO club VALUES (1);
  CREATE TABLE person (id bigint PRIMARY KEY, club int REFERENCES club);
  CREATE TABLE friend (one bigint REFERENCES person, other bigint REFERENCES person, PRIMARY KEY (one, other));
  CREATE INDEX ON friend (other);
  INSERT INTO person SELECT n, CASE n WHEN 2500 THEN 1 END FROM generate_series(1, 5000) n; INSERT INTO friend SELECT n, n + 1 FROM generate_series(1, 4999) n;
  CREATE TABLE bare (id int PRIMARY KEY, parent int REFERENCES bare); INSERT INTO bare SELECT n, NULLIF(n - 1, 0) FROM generate_series(1, 60) n;
  CREATE TABLE shelf (id int PRIMARY KEY);
  CREATE TABLE loose (id int PRIMARY KEY, parent int, shelf int REFERENCES shelf); CREATE INDEX ON loose (parent);
  INSERT INTO shelf VALUES (1);
  INSERT INTO loose SELECT n, NULLIF(n - 1, 0), CASE n WHEN 1 THEN 1 END FROM generate_series(1, 60) n WHERE n <> 40;
  INSERT INTO loose SELECT 100 + n, CASE n WHEN 0 THEN 40 ELSE 99 + n END FROM generate_series(0, 40) n;
  UPDATE loose SET shelf = 1 WHERE id = 60;
  ALTER TABLE loose ADD FOREIGN KEY (parent) REFERENCES loose NOT VALID;
  ANALYZE;`;

describe('a chain of rows', () => {
  let chart: Chart;
  before(async function () {
    this.timeout(300_000);
    chart = await drawChart({ before: sql, synchronize: false, policy: { models } });
  });
  after(() => chart?.close());

  const taken = (options: TakeOptions): Promise<Taking> => takeFrom(chart, options, (taking) => taking);
  /** As if nothing was looked ahead. */
  const level = async (seeds: TakeOptions['seeds']): Promise<unknown> => counts(await taken({ seeds, maxDepth: 100_000 }));
  /** By table: how many rows were taken, and how many of them are owned. */
  const counts = ({ closure }: Taking): unknown =>
    Object.fromEntries(
      [...closure.taken].map(([model, { taken: all, owned }]) => [model.replace('public.', ''), [all.size, owned.size]]),
    );

  it('leaves whole from its beginning, with what belongs to its rows, by few queries', async function () {
    // Older servers describe no sets: leaves are listed as well.
    await needsServer(this, 14);
    const taking = await taken({ seeds: { node: [1] } });
    expect(counts(taking)).to.deep.equal({ node: [20_000, 20_000], kind: [21, 0], remark: [200, 200] });
    expect(taking.described).to.deep.equal(['answer']);
    expect(taking.reads.length).to.be.lessThan(100);
  });

  it('leaves whole from its end, whatever is followed', async () => {
    for (const follow of ['dependencies', 'owned', 'connected'] as const) {
      const taking = await taken({ seeds: { node: [20_000] }, follow });
      const { taken: nodes, owned } = taking.closure.taken.get('public.node') ?? {};
      expect([nodes?.size, owned?.size]).to.deep.equal([20_000, 1]);
      expect(taking.closure.taken.get('public.remark')?.taken.size).to.equal(
        { dependencies: undefined, owned: 1, connected: 1 }[follow],
      );
      expect(taking.reads.length).to.be.lessThan(120);
    }
  });

  it('leaves whole where it branches, and where it leads back to its beginning', async () => {
    const tree = await taken({ seeds: { node: [30_001] } });
    // The first of each five begins a tree of its own; all hang on the first where n > 5.
    expect(counts(tree)).to.deep.equal(await level({ node: [30_001] }));
    for (const follow of ['dependencies', 'owned'] as const) {
      const round = await taken({ seeds: { node: [50_001] }, follow });
      const nodes = { dependencies: [10_000, 1], owned: [10_000, 10_000] }[follow];
      expect((counts(round) as { node: unknown }).node).to.deep.equal(nodes);
      expect(round.reads.length).to.be.lessThan(120);
    }
  });

  it('leaves whole where it goes through several tables, or from row to row by links', async () => {
    const uuid = (n: number): string => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
    const down = await taken({ seeds: { odd: [uuid(1)] } });
    expect(counts(down)).to.deep.equal({ odd: [5000, 5000], even: [5000, 5000] });
    const up = await taken({ seeds: { even: [uuid(10_000)] }, follow: 'dependencies' });
    expect(counts(up)).to.deep.equal({ odd: [5000, 0], even: [5000, 1] });
    const friends = await taken({ seeds: { club: [1] }, follow: 'connected' });
    expect(counts(friends)).to.deep.equal({ club: [1, 1], person: [5000, 1] });
    for (const { reads } of [down, up, friends]) expect(reads.length).to.be.lessThan(160);
  });

  it('is followed both ways under connected', async () => {
    const taking = await taken({ seeds: { remark: [10_000] }, follow: 'connected' });
    expect(taking.closure.taken.get('public.node')?.taken.size).to.equal(20_000);
    expect(taking.reads.length).to.be.lessThan(160);
  });

  it('ends where a filter of the policy ends it, and is walked level by level where rows are guarded or no index finds them', async () => {
    const policy = { models, follow: { 'public.node.parent': { where: 'id < 300' } } };
    expect((await taken({ seeds: { node: [1] }, policy })).closure.taken.get('public.node')?.taken.size).to.equal(299);
    const stubs = await taken({ seeds: { node: [60] }, boundary: new Map([['public.node', 'stub']]) });
    // Those above a seed are allowed.
    expect(stubs.closure.taken.get('public.node')?.taken.size).to.equal(60);
    expect(stubs.reads.filter((read) => read.startsWith('node by parent'))).to.deep.equal(['node by parent (1)']);
    const bare = await taken({ seeds: { bare: [1] } });
    expect(counts(bare)).to.deep.equal({ bare: [60, 60] });
    expect(bare.reads.filter((read) => read.startsWith('rows ahead'))).to.deep.equal([]);
  });

  it('does not go on through a row that is not there', async () => {
    for (const follow of ['owned', 'connected'] as const) {
      const { closure, reads } = await taken({ seeds: { shelf: [1] }, follow });
      expect(closure.taken.get('public.loose')?.taken.size).to.equal(59);
      expect(closure.dangling.map(({ model, key, value }) => [model, key, value])).to.deep.equal([['public.loose', 41, 40]]);
      expect(reads.filter((read) => read.startsWith('rows ahead'))).to.not.deep.equal([]);
    }
  });

  it('is stopped by a budget of objects, which names the reference', async () => {
    const refused = await taken({ seeds: { node: [1] }, maxObjects: 500 }).catch((error: unknown) => (error as Error).message);
    expect(refused).to.match(/more than 500 objects .*; public\.node\.parent \(down\) brought \d+ of public\.node$/u);
  });

  it('is told as one step of many rows', async () => {
    const { steps } = await taken({ seeds: { node: [1] } });
    const brought = steps
      .map((step) => /^\d+ down node\.parent: (\d+) node$/u.exec(step)?.[1])
      .filter((count) => count !== undefined);
    expect(brought.map(Number).reduce((sum, count) => sum + count)).to.equal(19_999);
    expect(brought.length).to.be.lessThan(30);
  });
});
