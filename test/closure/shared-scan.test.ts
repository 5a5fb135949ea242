import { expect } from 'chai';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import { needsServer } from '../support/needs-server.js';
import type { TakeOptions, Taking } from './take-from.js';
import { takeFrom } from './take-from.js';

/** Tasks of a tenant's projects, and of its members, and of both; a task leads on, so that each must be listed. */
const sql = `
  CREATE TABLE tenant (id int PRIMARY KEY);
  CREATE TABLE member (id int PRIMARY KEY, tenant int REFERENCES tenant);
  CREATE TABLE project (id int PRIMARY KEY, tenant int REFERENCES tenant);
  CREATE TABLE task (id int PRIMARY KEY, assignee bigint, project int REFERENCES project, parent int REFERENCES task);
  CREATE TABLE step (id int PRIMARY KEY, task int REFERENCES task);
  CREATE TABLE action (id int PRIMARY KEY, step int REFERENCES step);
  INSERT INTO tenant VALUES (1), (2), (3);
  INSERT INTO member SELECT n, CASE WHEN n > 98 THEN 3 ELSE 1 + n % 2 END FROM generate_series(1, 100) n;
  INSERT INTO project SELECT n, CASE WHEN n > 98 THEN 3 ELSE 1 + n % 2 END FROM generate_series(1, 100) n;
  INSERT INTO task SELECT n, NULLIF(n * 7 % 101, 0), NULLIF(n * 3 % 103, 0) % 101, CASE n % 900 WHEN 0 THEN 1 END FROM generate_series(1, 4000) n
    WHERE n * 3 % 103 % 101 > 0;
  INSERT INTO task SELECT n, n % 101, NULL, NULL FROM generate_series(4001, 4100) n WHERE n % 101 > 0;
  ALTER TABLE task ADD FOREIGN KEY (assignee) REFERENCES member;
  INSERT INTO step SELECT id, id FROM task WHERE id % 20 = 0; INSERT INTO action SELECT id, id FROM step; ANALYZE;`;

const together = 'task by assignee (49) or project (49)';
const models = { tenant: {} };
const apart = ['task by assignee (49)', 'task by project (49) but assignee (49)'];

describe('a table to which several references of a level lead', () => {
  let chart: Chart;
  before(async function () {
    await needsServer(this, 14);
    chart = await drawChart({ before: sql, synchronize: false, policy: { models } });
  });
  after(() => chart?.close());

  const taken = (options: Partial<TakeOptions> = {}): Promise<Taking> =>
    takeFrom(chart, { seeds: { tenant: [1] }, ...options }, (taking) => taking);

  it('is read once where each brings much of it, with the same result as when each reads it', async () => {
    for (const follow of ['owned', 'connected'] as const) {
      const [once, each] = [await taken({ follow }), await taken({ follow, maxDepth: 99 })];
      expect(once.reads).to.include(together);
      expect(once.reads.filter((read) => apart.includes(read))).to.deep.equal([]);
      expect(each.reads).to.include.members(apart);
      // Under owned, actions are described: of those no row is listed, and all are told last. Which need of a row is met first, no order says.
      const listed = ({ rows }: Taking): readonly string[] => rows.filter((row) => !row.startsWith('action'));
      const told = ({ steps }: Taking): readonly string[] => steps.filter((step) => !step.endsWith('action')).sort();
      expect(listed(once)).to.deep.equal(listed(each));
      expect(told(once)).to.deep.equal(told(each));
    }
  });

  it('tells the rows that several bring of the first of them, in the order of the references', async () => {
    const { steps } = await taken();
    const counted = await chart.database.query(
      `SELECT count(*) FILTER (WHERE m.tenant = 1) AS first, count(*) FILTER (WHERE m.tenant IS DISTINCT FROM 1 AND p.tenant = 1) AS second
         FROM task t LEFT JOIN member m ON m.id = t.assignee LEFT JOIN project p ON p.id = t.project`,
    );
    const [{ first, second }] = counted as unknown as [{ first: string; second: string }];
    expect(steps.filter((step) => step.startsWith('2 down task'))).to.deep.equal([
      `2 down task.assignee: ${first} task`,
      `2 down task.project: ${second} task`,
    ]);
  });

  it('is read by each reference where one of them brings little of it', async () => {
    expect((await taken({ seeds: { tenant: [3] } })).reads).to.include.members([
      'task by assignee (2)',
      'task by project (2) but assignee (2)',
    ]);
  });

  it('is read by each where one is filtered, where rows are guarded, and where the budget may not hold all of it', async () => {
    const policy = { models, follow: { 'public.task.project': { where: 'id > 0' } } } as const;
    expect((await taken({ policy })).reads).to.include.members(apart);
    expect((await taken({ boundary: new Map([['public.task', 'stub']]) })).reads).to.include.members(apart);
    expect((await taken({ maxObjects: 3950 })).reads).to.include.members(apart);
    expect((await taken({ maxObjects: 9000 })).reads).to.include(together);
  });
});
