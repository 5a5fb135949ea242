import { expect } from 'chai';
import { move } from './move.js';

describe('a column whose name sounds like a secret', () => {
  it('leaves where other rows refer to it: they could not be imported without', async () => {
    const moved = await move({
      sql: `CREATE TABLE account (id int PRIMARY KEY, access_token text UNIQUE NOT NULL, api_key text);
        CREATE TABLE visit (id int PRIMARY KEY, by text REFERENCES account (access_token))`,
      source: "INSERT INTO account VALUES (1, 'seven', 'eight'); INSERT INTO visit VALUES (5, 'seven')",
      policy: { models: { account: {}, visit: {} } },
      objects: ['visit.5'],
    });
    try {
      expect((await moved.import()).status).to.equal('done');
      expect(await moved.rows('account')).to.deep.equal([{ id: 1, access_token: 'seven', api_key: null }]);
      expect(await moved.rows('visit')).to.deep.equal([{ id: 5, by: 'seven' }]);
    } finally {
      await moved.close();
    }
  });
});
