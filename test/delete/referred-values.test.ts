import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { deleteObjects } from '../../src/index.js';
import { rowsOf } from '../support/journey.js';
import { createDatabase } from '../support/database.js';

const tables = ['person', 'desk', 'lamp'] as const;

describe('a deletion of what a value leads to that others refer to', () => {
  for (const action of ['NO ACTION', 'CASCADE', 'SET NULL'])
    it(`keeps it, and writes NULL nowhere but where the plan says (ON UPDATE ${action})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'portolan-delete-'));
      const database = await createDatabase({
        sql: `CREATE TABLE person (id int PRIMARY KEY); CREATE TABLE desk (id int PRIMARY KEY, person int UNIQUE REFERENCES person);
          CREATE TABLE lamp (id int PRIMARY KEY, desk_of int REFERENCES desk (person) ON UPDATE ${action});
          INSERT INTO person VALUES (1), (2); INSERT INTO desk VALUES (1, 1), (2, 2); INSERT INTO lamp VALUES (1, 1)`,
      });
      const dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
      try {
        const policy = { models: Object.fromEntries(tables.map((name) => [name, {}])) };
        const { plan } = await deleteObjects(dataSource, {
          ...{ objects: ['person.1', 'person.2'], output: join(folder, 'out.json'), policy },
        });
        expect(plan).to.deep.include({ delete: { 'public.person': 1 }, nullified: { 'public.desk.person': 1 } });
        expect(plan.kept).to.deep.include({
          ...{ object: 'public.person.1', reason: 'referenced' },
          ...{ by: 'public.desk.1', reference: 'public.desk.person' },
        });
        expect(await rowsOf(database, tables)).to.deep.equal({ person: ['(1)'], desk: ['(1,1)', '(2,)'], lamp: ['(1,1)'] });
      } finally {
        await dataSource.destroy();
        await database.drop();
        rmSync(folder, { recursive: true });
      }
    });
});
