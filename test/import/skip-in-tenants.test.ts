import { expect } from 'chai';
import type { Move } from './move.js';
import { move } from './move.js';

/** Every key begins with the tenant's. */
const sql = `CREATE TABLE tenant (id int PRIMARY KEY);
  CREATE TABLE label (tenant int REFERENCES tenant, id int, name text, PRIMARY KEY (tenant, id), UNIQUE (tenant, name));
  CREATE TABLE task (tenant int REFERENCES tenant, id int, label int, PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, label) REFERENCES label);
  CREATE TABLE mark (tenant int REFERENCES tenant, label int, PRIMARY KEY (tenant, label), FOREIGN KEY (tenant, label) REFERENCES label)`;
const source = "INSERT INTO tenant VALUES (1); INSERT INTO label VALUES (1, 5, 'red'); INSERT INTO task VALUES (1, 7, 5)";
const target = "INSERT INTO tenant VALUES (1); INSERT INTO label VALUES (1, 50, 'red')";
const policy = { models: { tenant: {}, label: {}, task: {}, mark: {} } };

describe('--on-conflict skip, where all keys hold the tenant', () => {
  let tenant: Move;

  afterEach(() => tenant.close());

  it('lets references use the row that is proven the same: the key keeps its tenant', async () => {
    tenant = await move({ sql, source, target, policy, objects: ['tenant.1'] });
    const { status, plan } = await tenant.import({ onConflict: 'skip' });
    expect([status, plan.skip]).to.deep.equal(['done', { 'public.label': 1 }]);
    expect(await tenant.rows('task')).to.deep.equal([{ tenant: 1, id: 7, label: 50 }]);
  });

  it('skips what would need another key', async () => {
    tenant = await move({ sql, source: `${source}; INSERT INTO mark VALUES (1, 5)`, target, policy, objects: ['tenant.1'] });
    const { plan } = await tenant.import({ onConflict: 'skip' });
    expect(plan.skip).to.deep.equal({ 'public.label': 1, 'public.mark': 1 });
  });

  it('skips what would come to another tenant', async () => {
    const global = sql.replace('UNIQUE (tenant, name)', 'UNIQUE (name)');
    const other = "INSERT INTO tenant VALUES (1), (2); INSERT INTO label VALUES (2, 5, 'red')";
    tenant = await move({ sql: global, source, target: other, policy, objects: ['tenant.1'] });
    const { plan } = await tenant.import({ onConflict: 'skip' });
    expect(plan.skip).to.deep.equal({ 'public.label': 1, 'public.task': 1 });
  });
});
