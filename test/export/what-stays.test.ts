import { join } from 'node:path';
import { expect } from 'chai';
import type { Finding, Policy } from '../../src/index.js';
import { explainObjects, exportObjects } from '../../src/index.js';
import { findingLines, summarizeExport } from '../../src/cli/summaries.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';

const sql = `CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE);
  CREATE TABLE product (id int PRIMARY KEY);
  CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customer);
  CREATE TABLE line (id int PRIMARY KEY, orders int NOT NULL REFERENCES orders, product int NOT NULL REFERENCES product);
  CREATE TABLE remark (id int PRIMARY KEY, orders int NOT NULL REFERENCES orders)`;
const source = `INSERT INTO customer VALUES (1, 'a'); INSERT INTO product VALUES (1), (2); INSERT INTO orders VALUES (1, 1);
  INSERT INTO line VALUES (1, 1, 1), (2, 1, 2); INSERT INTO remark VALUES (1, 1)`;
const models = { customer: {}, product: {}, orders: {}, line: {}, remark: {} };

describe('what stays at home', () => {
  let shop: Move;

  before(async () => {
    shop = await move({ sql, source, policy: { models }, objects: ['orders.1'] });
  });
  after(() => shop?.close());

  /** What an export tells without being asked; an explanation finds the same. */
  async function told(policy: Policy): Promise<readonly string[]> {
    const options = { objects: ['orders.1'], policy: { models, ...policy } };
    const result = await exportObjects(shop.from, {
      ...options,
      output: join(shop.folder, 'out.json'),
      force: true,
      strict: true,
    });
    const { findings } = await explainObjects(shop.from, options);
    expect(findings).to.deep.equal(result.findings);
    const summary = await summarizeExport(result, false);
    return summary.split('\n').filter((line) => line.startsWith('note: '));
  }

  it('is nothing where nobody asked for it', async () => {
    expect(await told({})).to.deep.equal([]);
  });

  it('is told where it is dropped, with what cannot be without it', async () => {
    expect(await told({ exclude: { product: 'drop' } })).to.have.members([
      'note: public.product: 2 rows stay at home: excluded, or cannot be without such a row',
      'note: public.line: 2 rows stay at home: excluded, or cannot be without such a row',
    ]);
  });

  it('is told where it is excluded and nothing needs it', async () => {
    expect(await told({ exclude: { remark: 'drop' } })).to.deep.equal([
      'note: public.remark: is excluded: its rows stay at home',
    ]);
  });

  it('is told where a boundary cuts it off', async () => {
    expect(await told({ exclude: { customer: 'drop' } })).to.have.members([
      'note: public.customer: 1 row stays at home: excluded, or cannot be without such a row',
      'note: public.orders.customer: is written as NULL where it leads to a row of public.customer that stays at home',
    ]);
  });

  it('is not told of references whose rows all stay at home themselves', async () => {
    const keyed = `CREATE TABLE firm (id int PRIMARY KEY);
      CREATE TABLE person (id int PRIMARY KEY, firm int NOT NULL REFERENCES firm, boss int REFERENCES person);
      CREATE TABLE visit (id int PRIMARY KEY, host int NOT NULL REFERENCES person, guest int NOT NULL REFERENCES person)`;
    const visits = `INSERT INTO firm VALUES (1), (2); INSERT INTO person VALUES (1, 1, NULL), (2, 2, NULL), (3, 2, 2);
      INSERT INTO visit VALUES (1, 1, 3)`;
    const policy: Policy = { models: { firm: {}, person: {}, visit: {} }, boundary: { firm: 'drop' } };
    const firm = await move({ sql: keyed, source: visits, policy, objects: ['firm.1'] });
    try {
      const { findings } = await explainObjects(firm.from, { objects: ['firm.1'], policy });
      const told = findings.filter(({ kind }) => kind !== 'unknown-table').map(({ kind, on }) => `${kind} ${on}`);
      expect(told).to.have.members(['left-out public.firm', 'left-out public.person', 'left-out public.visit']);
    } finally {
      await firm.close();
    }
  });

  it('is told where it is known by its key', async () => {
    expect(await told({ exclude: { customer: 'stub' } })).to.deep.equal([
      'note: public.customer: 1 row stays at home, known by key and natural key: the target must have it',
    ]);
  });

  it('is told where links lead to what is only known by its key: they stay at home, too', async () => {
    const linked = `CREATE TABLE asset (id int PRIMARY KEY); CREATE TABLE tag (id int PRIMARY KEY);
      CREATE TABLE asset_tag (asset int REFERENCES asset, tag int REFERENCES tag, PRIMARY KEY (asset, tag))`;
    const tagged = 'INSERT INTO asset VALUES (1); INSERT INTO tag VALUES (1), (2); INSERT INTO asset_tag VALUES (1, 1), (1, 2)';
    const named: Policy = { models: { asset: {}, tag: {} } };
    const asset = await move({ sql: linked, source: tagged, policy: named, objects: ['asset.1'] });
    try {
      for (const more of [{ shared: 'key' }, { boundary: { tag: 'stub' } }] as const) {
        const { findings, objects } = await explainObjects(asset.from, { objects: ['asset.1'], policy: { ...named, ...more } });
        expect(objects).to.deep.equal({ 'public.asset': 1 });
        expect(findings.filter(({ on, kind }) => on === 'public.tag' && kind === 'left-out')).to.deep.equal([
          {
            kind: 'left-out',
            severity: 'note',
            on: 'public.tag',
            reason: '2 rows stay at home to which links lead, and these links too',
          },
        ]);
      }
    } finally {
      await asset.close();
    }
  });

  it('is told behind the warnings, however much it is', () => {
    const note = { kind: 'cut', severity: 'note', on: 'a.b.c', reason: 'is written as NULL' } as const;
    const warning = { kind: 'dangling-reference', severity: 'warning', on: 'a.b.1', reason: 'leads nowhere' } as const;
    const lines = findingLines([...Array<typeof note>(30).fill(note), warning], false);
    expect(lines[0]).to.equal('warning: a.b.1: leads nowhere');
    expect(lines.at(-1)).to.match(/^… and 11 more/u);
  });

  it('is counted in one line where many models are excluded, and named by --verbose', () => {
    const excluded = (count: number): readonly Finding[] =>
      Array.from({ length: count }, (_, at) => ({
        kind: 'left-out',
        severity: 'note',
        on: `a.b${String(at)}`,
        reason: 'is excluded: its rows stay at home',
      }));
    const warning = { kind: 'file-missing', severity: 'warning', on: 'a.b.1', reason: 'is not there' } as const;
    const other = { kind: 'left-out', severity: 'note', on: 'a.c', reason: '2 rows stay at home' } as const;
    expect(findingLines([...excluded(24), warning, other], false)).to.deep.equal([
      'warning: a.b.1: is not there',
      'note: 24 models are excluded: their rows stay at home (--verbose names them)',
      'note: a.c: 2 rows stay at home',
    ]);
    for (const [count, isVerbose] of [
      [3, false],
      [24, true],
    ] as const)
      expect(findingLines(excluded(count), isVerbose)).to.deep.equal(
        excluded(count).map(({ on }) => `note: ${on}: is excluded: its rows stay at home`),
      );
  });

  it('is told where the policy cuts a reference', async () => {
    const policy: Policy = { follow: { 'orders.customer': { up: 'cut' } } };
    expect(await told(policy)).to.deep.equal(['note: public.orders.customer: is written as NULL']);
  });
});
