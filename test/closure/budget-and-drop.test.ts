import { expect } from 'chai';
import { PortolanError } from '../../src/index.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

/** Notes in folders: a note that needs an office of another tenant falls, and its replies with it. */
const sql = `
  CREATE TABLE tenant (id int PRIMARY KEY);
  CREATE TABLE office (id int PRIMARY KEY, tenant int NOT NULL REFERENCES tenant);
  CREATE TABLE folder (id int PRIMARY KEY, tenant int NOT NULL REFERENCES tenant);
  CREATE TABLE note (id int PRIMARY KEY, folder int NOT NULL REFERENCES folder, office int NOT NULL REFERENCES office);
  CREATE TABLE reply (id int PRIMARY KEY, note int REFERENCES note, office int NOT NULL REFERENCES office);
  CREATE TABLE echo (id int PRIMARY KEY, reply int NOT NULL REFERENCES reply);
  CREATE INDEX ON note (folder); CREATE INDEX ON reply (note);
  INSERT INTO tenant VALUES (1), (2); INSERT INTO office VALUES (1, 1), (2, 2); INSERT INTO folder VALUES (1, 1), (2, 1), (3, 1);
  INSERT INTO note SELECT n, 1, CASE WHEN n > 100 THEN 1 ELSE 2 END FROM generate_series(1, 103) n;
  INSERT INTO reply SELECT n, CASE WHEN n > 40 THEN 103 ELSE n END, 1 FROM generate_series(1, 42) n;
  INSERT INTO note SELECT n, 2, 1 FROM generate_series(1001, 101000) n;
  INSERT INTO note SELECT n, 3, 1 + n % 2 FROM generate_series(200001, 300000) n; INSERT INTO echo VALUES (1, 1);
  CREATE TABLE thread (id int PRIMARY KEY, folder int REFERENCES folder, parent int REFERENCES thread);
  INSERT INTO folder VALUES (4, 1); INSERT INTO thread SELECT n, CASE n WHEN 1 THEN 4 END, NULLIF(n - 1, 0) FROM generate_series(1, 60) n;`;

describe('a budget where rows are dropped', () => {
  let source: SmallSource;
  before(async () => {
    source = await smallSource('folder', sql);
  });
  after(async () => {
    await source.close();
  });

  /** Objects that left, or the refusal's code and message; and the most rows that any walk took. */
  async function outcome(folder: number, budget: { maxObjects?: number; maxDepth?: number }): Promise<readonly [string, number]> {
    let most = 0;
    const taken = source.take({
      objects: [`folder.${String(folder)}`],
      policy: { boundary: { tenant: 'drop' } },
      onProgress: ({ stage, done }) => {
        if (stage === 'closure') most = Math.max(most, done);
      },
      ...budget,
    });
    try {
      return [String(Object.keys((await taken).objects).length), most];
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      return [`${error.code}: ${error.message}`, most];
    }
  }

  it('holds for what leaves, not for what is dropped on the way', async () => {
    // The folder, its tenant, an office, three notes and the replies to one of them.
    expect((await outcome(1, {}))[0]).to.equal('8');
    expect((await outcome(1, { maxObjects: 8 }))[0]).to.equal('8');
  });

  it('is exceeded by one object that leaves, and names what brought the most', async () => {
    const [refusal] = await outcome(1, { maxObjects: 7 });
    expect(refusal).to.match(
      /^BUDGET_EXCEEDED: the export would take more than 7 objects \(--max-objects\); public\.\w+\.\w+ \(\w+\) brought \d of public\.\w+$/u,
    );
  });

  it('stops a flood of rows that stay soon after it is exceeded', async () => {
    const [refusal, most] = await outcome(2, { maxObjects: 100 });
    expect(refusal).to.match(
      /^BUDGET_EXCEEDED: .* more than 100 objects .*; public\.note\.folder \(down\) brought \d+ of public\.note$/u,
    );
    expect(most).to.be.lessThan(20_000);
  });

  it('stops a flood of which every other row falls', async () => {
    const [refusal, most] = await outcome(3, { maxObjects: 100 });
    expect(refusal).to.match(/^BUDGET_EXCEEDED: .* more than 100 objects /u);
    expect(most).to.be.lessThan(30_000);
  });

  it('of depth holds for what leaves too', async () => {
    expect((await outcome(1, { maxDepth: 2 }))[0]).to.equal('8');
    const [refusal] = await outcome(1, { maxDepth: 1 });
    expect(refusal).to.match(/^BUDGET_EXCEEDED: the export would take a depth of more than 1 \(--max-depth\); public\./u);
  });
  it('of depth stops a chain soon after it is exceeded', async () => {
    const [refusal, most] = await outcome(4, { maxDepth: 5 });
    expect(refusal).to.match(
      /^BUDGET_EXCEEDED: .* a depth of more than 5 \(--max-depth\); public\.thread\.parent \(down\) brought 1 of public\.thread$/u,
    );
    expect(most).to.be.lessThan(12);
  });
});
