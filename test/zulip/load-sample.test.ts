import { expect } from 'chai';
import type { TestDatabase } from '../support/database.js';
import { loadSample, needsSample } from './load-sample.js';

describe('the sample of Zulip', () => {
  let database: TestDatabase | undefined;
  after(() => database?.drop());

  it('is loaded as it is, into the schema that a server has', async function () {
    this.timeout(180_000);
    database = await loadSample(needsSample(this));
    const [counts] = await database.query(`SELECT (SELECT count(*)::int FROM zulip.zerver_message) AS messages,
      (SELECT count(*)::int FROM zulip.zerver_usermessage) AS flags, (SELECT count(*)::int FROM zulip.fts_update_log) AS log,
      nextval('zulip.zerver_realmalias_id_seq')::int AS next`);
    expect(counts).to.deep.equal({ messages: 846, flags: 4672, log: 878, next: 5 });
  });
});
