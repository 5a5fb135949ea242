import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { exportObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

const policy = { models: { person: {}, place: {} } };

describe('objects that are named', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  before(async () => {
    database = await createDatabase({
      sql: `CREATE EXTENSION citext; CREATE EXTENSION ltree;
        CREATE TABLE person (id int PRIMARY KEY, code varchar(3), fee numeric(4,1), nick citext); CREATE TABLE place (path ltree PRIMARY KEY);
        INSERT INTO person VALUES (1, 'abc', 1.2, 'Ada'); INSERT INTO place VALUES ('a.b')`,
    });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const total = async (name: string): Promise<number> =>
    (await exportObjects(dataSource, { objects: [name], policy, dryRun: true })).total;

  it('are not found by what their column would make of a longer or a finer value', async () => {
    for (const name of ['person[code=abcdef]', 'person[fee=1.23]', 'person.99999999999'])
      expect(await failureOf(total(name)), name).to.include({ code: 'UNKNOWN_OBJECT' });
    expect(await total('person[code=abc]')).to.equal(1);
    expect(await total('person[fee=1.20]')).to.equal(1);
  });

  it('are found by the operator of their type, where an extension brings it', async () => {
    expect(await total('place.a.b')).to.equal(1);
    expect(await total('person[nick=ADA]')).to.equal(1);
  });
});
