import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { exportObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

const policy = { models: { house: {}, street: {}, town: {}, lodger: {} } };

describe('a foreign key that does not hold', () => {
  let database: TestDatabase;
  let from: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-broken-'));
    database = await createDatabase({
      sql: `CREATE TABLE town (id int PRIMARY KEY);
        CREATE TABLE street (id int PRIMARY KEY, town int REFERENCES town);
        CREATE TABLE house (id int PRIMARY KEY, street int REFERENCES street);
        CREATE TABLE lodger (id int PRIMARY KEY, house int REFERENCES house, home int REFERENCES town);
        INSERT INTO town VALUES (1), (2); INSERT INTO street VALUES (1, 1), (2, 2); INSERT INTO house VALUES (1, 1), (2, 2);
        INSERT INTO lodger VALUES (1, 2, 2);
        SET session_replication_role = replica; DELETE FROM town WHERE id = 1; DELETE FROM street WHERE id = 2; RESET session_replication_role`,
    });
    from = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function refusal(object: string): Promise<unknown> {
    return failureOf(exportObjects(from, { objects: [object], output: join(folder, 'out.json'), policy }));
  }

  it('is named where the row that it promises has nothing above it', async () => {
    expect(await refusal('street.1'))
      .to.include({ code: 'CONSTRAINT_BROKEN', exitCode: 3 })
      .and.have.property('message', 'public.street.1: the row of public.town that public.street.town refers to does not exist');
  });

  it('is named where the row that it promises would lead on', async () => {
    expect(await refusal('house.2'))
      .to.include({ code: 'CONSTRAINT_BROKEN' })
      .and.have.property('hint')
      .that.contains('house_street_fkey');
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
