import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { explainObjects, exportObjects } from '../../src/index.js';
import type { Finding } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

describe('rows of a join table that say the same', () => {
  const common = { objects: ['cart.1'], policy: { models: { cart: {}, product: {} } } };
  let database: TestDatabase;
  let from: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-repeated-'));
    database = await createDatabase({
      sql: `CREATE TABLE cart (id int PRIMARY KEY); CREATE TABLE product (id int PRIMARY KEY);
        CREATE TABLE item (id serial PRIMARY KEY, cart int NOT NULL REFERENCES cart, product int NOT NULL REFERENCES product);
        INSERT INTO cart VALUES (1), (2); INSERT INTO product VALUES (1), (2), (3);
        INSERT INTO item (cart, product) VALUES (1, 2), (1, 1), (1, 2), (1, 2), (2, 3), (2, 3)`,
    });
    from = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const told = (findings: readonly Finding[]): unknown =>
    findings.flatMap(({ kind, on, severity, reason }) => (kind === 'repeated-links' ? [[severity, on, reason]] : []));
  const repeated = [
    [
      'warning',
      'public.cart.item',
      '2 rows of its join table say what another says, and stayed at home: as an entity the table leaves whole',
    ],
  ];

  it('leave as one link, and a warning tells how many stayed at home', async () => {
    const { links, findings } = await exportObjects(from, { ...common, output: join(folder, 'cart.json') });
    expect(links).to.deep.equal({ 'public.cart.item': 2 });
    expect(told(findings)).to.deep.equal(repeated);
  });

  it('are told by a dry run and by explain too', async () => {
    expect(told((await exportObjects(from, { ...common, dryRun: true })).findings)).to.deep.equal(repeated);
    expect(told((await explainObjects(from, common)).findings)).to.deep.equal(repeated);
  });

  it('refuse the export under strict', async () => {
    const output = join(folder, 'strict.json');
    for (const dryRun of [true, false])
      expect(await failureOf(exportObjects(from, { ...common, output, dryRun, strict: true }))).to.include({ code: 'STRICT' });
    expect(existsSync(output)).to.equal(false);
  });
});
