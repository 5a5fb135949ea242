import { expect } from 'chai';
import { PortolanError } from '../../src/errors/portolan-error.js';
import { mergePolicy } from '../../src/policy/merge-policy.js';
import { parsePolicy } from '../../src/policy/parse-policy.js';
import { policyDigest } from '../../src/policy/policy-digest.js';
import { definePolicy } from '../../src/policy/policy.js';

const whole = definePolicy({
  models: {
    Book: {
      app: 'demoapp',
      name: 'Book',
      key: ['id'],
      naturalKey: ['isbn'],
      shared: 'key',
      parts: ['prices'],
      onConflict: 'skip',
      fill: { password: null },
    },
  },
  joinTables: ['book_genre'],
  references: [{ from: 'Message.target', to: 'User', when: { column: 'kind', value: '1' } }],
  follow: { '*': { up: 'follow', down: 'skip' }, 'demoapp.book.author': { up: 'cut', where: 'id > 1', limit: 3 } },
  boundary: { Realm: 'stub' },
  exclude: { 'User.email': 'error', Log: 'drop' },
  roots: ['User'],
  shared: 'full',
  secrets: { 'User.x': 'secret' },
  maxObjects: 10,
  maxDepth: 0,
  converters: [
    {
      from: { Author: '0123456789abcdef', Book: { isbn: 'text', title: true, heading: false } },
      models: {
        Author: { renameTo: 'demoapp.Writer', columns: { name: { split: { first: 'a', last: { sql: 'b', type: 'text' } } } } },
        Book: {
          columns: { isbn: { rename: 'code', using: 'isbn', type: 'text' }, x: { drop: true } },
          defaults: { y: null, z: { sql: '1' } },
        },
        Log: { drop: true },
      },
    },
  ],
});

async function refusal(policy: unknown): Promise<PortolanError> {
  const result = await parsePolicy(policy, 'portolan.policy.ts').catch((error: unknown) => error);
  if (result instanceof PortolanError) return result;
  throw new Error('nothing was refused');
}

describe('a policy', () => {
  it('comes back as it was written', async () => {
    expect(await parsePolicy(whole, 'here')).to.deep.equal(whole);
    expect(await parsePolicy({}, 'here')).to.deep.equal({});
  });

  it('is refused with all its problems at once, and the nearest names', async () => {
    const error = await refusal({
      model: {},
      roots: 'User',
      boundary: { Realm: 'stop' },
      maxObjects: -1,
      models: { Book: { natural_key: ['a'] } },
      follow: { a: { upp: 'cut' } },
      converters: [
        {
          form: 'x',
          from: 'y',
          models: { A: { rename: 'B' }, B: { columns: { a: { droop: true }, b: { rename: 'c', drop: true } } } },
        },
        { from: 'y', models: { A: { drop: true, defaults: {} }, B: { columns: { a: {}, b: { rename: 'c', type: 'text' } } } } },
      ],
    });
    expect(error).to.include({ code: 'POLICY_INVALID', exitCode: 2 });
    for (const part of [
      'portolan.policy.ts',
      '"model"',
      'roots',
      'boundary.Realm',
      'maxObjects',
      '"natural_key"',
      '"upp"',
      'Did you mean "models"',
      'Did you mean "naturalKey"',
      'Did you mean "up"',
      'Did you mean "from"',
      'Did you mean "renameTo"',
      'Did you mean "drop"',
      'converters.0.models.B.columns.b: says one thing',
      'converters.1.models.A: drop stands alone',
      'converters.1.models.B.columns.a: says one thing',
      'converters.1.models.B.columns.b: type goes with using',
    ]) {
      expect(error.message).to.contain(part);
    }
  });

  it('approves once or several times; what is wrong with an approval is told by its place, with the nearest names', async () => {
    const approval = { seeds: ['Book'], models: { '*': 'all', User: { except: ['email'] } }, modes: [{ users: 'required' }] };
    expect(await parsePolicy({ approval }, 'here')).to.deep.equal({ approval: [approval] });
    expect(await parsePolicy({ approval: [approval, {}] }, 'here')).to.deep.equal({ approval: [approval, {}] });
    const { code, message } = await refusal({ approval: [{}, { seed: [], models: { User: 'some' }, modes: [], maxBytes: 0 }] });
    expect(code).to.equal('POLICY_INVALID');
    for (const part of [
      'approval.1: ',
      'Did you mean "seeds"',
      "approval.1.models.User: it is 'all'",
      'approval.1.modes',
      'approval.1.maxBytes',
    ])
      expect(message).to.contain(part);
    // Where it is written is told by who read it.
    expect((await refusal({ approval: { where: 'x' } })).code).to.equal('POLICY_INVALID');
  });

  it('that is no object is refused', async () => {
    for (const input of [undefined, null, 1, 'x', []]) expect((await refusal(input)).code).to.equal('POLICY_INVALID');
  });

  it('takes what the command adds, and keeps what it says itself', () => {
    const merged = mergePolicy({
      policy: { boundary: { Realm: 'stub' } },
      boundary: ['Realm', 'Site'],
      exclude: ['Log'],
      includeSecrets: ['User.x'],
    });
    expect(merged).to.deep.equal({
      boundary: { Realm: 'stub', Site: 'error' },
      exclude: { Log: 'error' },
      includeSecrets: ['User.x'],
    });
  });

  it('has a digest that does not depend on the order of its members', () => {
    const one = policyDigest(mergePolicy({ policy: { roots: ['a'], maxDepth: 1 } }));
    expect(one).to.match(/^[0-9a-f]{64}$/u);
    expect(policyDigest(mergePolicy({ policy: { maxDepth: 1, roots: ['a'] } }))).to.equal(one);
    expect(policyDigest(mergePolicy({ policy: { maxDepth: 2, roots: ['a'] } }))).not.to.equal(one);
    expect(policyDigest(mergePolicy({}))).to.equal(null);
  });
});
