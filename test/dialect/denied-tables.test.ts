import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportObjects } from '../../src/index.js';
import { asRole } from '../import/as-role.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

describe('a table that may not be read', () => {
  it('is one of several of its name where a statement reads them all', async () => {
    const database = await createDatabase({
      sql: `CREATE SCHEMA one; CREATE TABLE one.item (id int PRIMARY KEY, code text UNIQUE); INSERT INTO one.item VALUES (1, 'a');
        CREATE SCHEMA two; CREATE TABLE two.item (id int PRIMARY KEY, code text REFERENCES one.item (code))`,
    });
    const policy = { models: { 'one.item': {}, 'two.item': {} } };
    const output = join(tmpdir(), `${database.name}.json`);
    try {
      await asRole(database, 'GRANT USAGE ON SCHEMA one, two TO $role; GRANT SELECT ON one.item TO $role', async (as) => {
        const refused = await failureOf(exportObjects(as, { objects: ['one.item.1'], policy, output }));
        expect(refused).to.include({ code: 'PERMISSION_DENIED' });
        expect(String(refused)).to.contain('for table one.item, two.item');
      });
    } finally {
      await database.drop();
    }
  });
});
