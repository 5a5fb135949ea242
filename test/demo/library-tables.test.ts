import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { librarySchema } from '../../demo-app/library-schema.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { sharedFolder } from '../support/shared.js';
import { describeTablesSql } from './describe-tables.js';

describe('the demo library', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createDatabase({ sql: librarySchema });
  });

  after(async () => {
    await database.drop();
  });

  it('has exactly the tables of the shared schema.json', async function () {
    const shared = sharedFolder();
    if (shared === undefined) return this.skip(); // The samples are not beside this checkout.
    const [row] = await database.query(describeTablesSql);
    const wanted: unknown = JSON.parse(readFileSync(join(shared, 'demo', 'schema.json'), 'utf8'));
    expect(row?.['document']).to.deep.equal(wanted);
  });

  it('has entities whose columns are those of the tables', async () => {
    const dataSource = await libraryDataSource(database.url).initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      // What TypeORM would change: names of constraints and indexes, and its own junction tables. Never a column of an entity.
      const columns = upQueries
        .map(({ query }) => query)
        .filter((query) => /\b(?:ADD|ALTER COLUMN|DROP COLUMN)\b(?! CONSTRAINT)/u.test(query));
      const keysOfJoinTables =
        /^ALTER TABLE "(?:auth_group_permissions|auth_user_groups|auth_user_user_permissions|demoapp_book_genre)" DROP COLUMN "id"$/u;
      expect(columns.filter((query) => !keysOfJoinTables.test(query))).to.deep.equal([]);
      expect(columns).to.have.length(4);
    } finally {
      await dataSource.destroy();
    }
  });
});
