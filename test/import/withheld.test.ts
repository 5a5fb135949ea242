import { expect } from 'chai';
import type { Finding } from '../../src/index.js';
import { summarizeImport } from '../../src/cli/summaries.js';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE account (id int PRIMARY KEY, name text, password varchar(60) NOT NULL, api_token uuid NOT NULL UNIQUE,
  salt bytea NOT NULL, otp_secret varchar(30), secret_text text NOT NULL DEFAULT 'none')`;
const source = `INSERT INTO account VALUES (1, 'Ada', 'p1', '00000000-0000-4000-8000-000000000001', '\\x01', 'o1', 's1'),
  (2, 'Bob', 'p2', '00000000-0000-4000-8000-000000000002', '\\x02', 'o2', 's2')`;
const policy = { models: { account: {} } };

/** Columns that did not leave, in the target of an import. */
describe('withheld columns', () => {
  let account: Move;

  afterEach(() => account.close());

  const begin = async (target = ''): Promise<void> => {
    account = await move({ sql, source, target, policy, objects: ['account.1', 'account.2'] });
  };

  const told = (findings: readonly Finding[]): readonly string[] =>
    findings.flatMap(({ kind, on }) => (kind === 'random-value' ? [on] : []));

  it('get values that nobody can guess, another one for each row, where a new row needs some: the import tells it', async () => {
    await begin();
    const result = await account.import();
    const { findings } = result;
    expect(await summarizeImport(result, false)).to.match(
      /^note: public\.account\.password: .* random value that nobody knows$/mu,
    );
    expect(told(findings)).to.deep.equal(['public.account.api_token', 'public.account.password', 'public.account.salt']);
    const [ada, bob] = await account.rows('account');
    for (const row of [ada, bob]) {
      expect(row?.['password']).to.match(/^[\w-]{22}$/u);
      expect(row?.['api_token']).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4/u);
      expect(row?.['salt']).to.have.length(16);
      expect([row?.['otp_secret'], row?.['secret_text']]).to.deep.equal([null, 'none']);
    }
    for (const name of ['password', 'api_token', 'salt']) expect(ada?.[name]).to.not.deep.equal(bob?.[name]);
  });

  it('never count in a comparison, and are never overwritten', async () => {
    const row = `(1, 'Eve', 'mine', '00000000-0000-4000-8000-000000000009', '\\x09', 'o9', 's9')`;
    await begin(
      `INSERT INTO account VALUES ${row}, (2, 'Bob', 'his', '00000000-0000-4000-8000-000000000008', '\\x08', 'o8', 's8')`,
    );
    const { plan, findings } = await account.import({ onConflict: 'override' });
    expect(told(findings), 'no row is new').to.deep.equal([]);
    expect([plan.update, plan.same]).to.deep.equal([{ 'public.account': 1 }, { 'public.account': 1 }]);
    const [ada] = await account.rows('account');
    expect(ada).to.include({ name: 'Ada', password: 'mine', otp_secret: 'o9', secret_text: 's9' });
  });

  it('refuse where a new row needs one that is too short for a value that nobody can guess, unless the policy fills it', async () => {
    for (const type of ['varchar(21)', 'char(21)']) {
      await begin(`ALTER TABLE account ALTER password TYPE ${type}`);
      const error = (await failureOf(account.import())) as Error;
      expect(error).to.include({ code: 'SCHEMA_DRIFT' });
      expect(error.message).to.contain('public.account.password: was withheld, cannot be NULL, and has no default');
      expect(error).to.have.property('hint', 'Say in the policy of the import what new rows get there.');
      await account.import({ policy: { models: { account: { fill: { password: '!' } } } } });
      expect((await account.rows('account')).map(({ password }) => String(password).trim())).to.deep.equal(['!', '!']);
      if (type !== 'char(21)') await account.close();
    }
  });
});
