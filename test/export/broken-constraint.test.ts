import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { exportInSizes } from '../../src/export/export-objects.js';
import { usualSizes } from '../../src/export/export-sizes.js';
import { exportObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

const policy = { models: { house: {}, street: {}, town: {}, lodger: {}, ward: {}, bed: {} } };

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
        CREATE TABLE ward (code text PRIMARY KEY, house int REFERENCES house);
        CREATE TABLE bed (id int PRIMARY KEY, ward text REFERENCES ward);
        INSERT INTO ward VALUES ('north', 1), ('south', 1); INSERT INTO bed VALUES (1, 'north'), (2, 'south');
        SET session_replication_role = replica; DELETE FROM town WHERE id = 1; DELETE FROM street WHERE id = 2;
        DELETE FROM ward WHERE code = 'south'; RESET session_replication_role`,
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

  it('is named where a table was read whole for a row that is not there', async () => {
    const options = { objects: ['bed.2'], output: join(folder, 'out.json'), policy };
    expect(await failureOf(exportInSizes(from, options, { ...usualSizes, sweep: { from: 1, rows: Infinity } })))
      .to.include({ code: 'CONSTRAINT_BROKEN' })
      .and.have.property('message', 'public.bed.2: the row of public.ward that public.bed.ward refers to does not exist');
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
