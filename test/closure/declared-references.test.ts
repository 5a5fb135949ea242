import { expect } from 'chai';
import type { Policy } from '../../src/index.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

/** A message goes to an account or to a group, as its kind says. Both have a 1 and a 2. */
const references: NonNullable<Policy['references']> = [
  { from: 'message.target', to: 'account', when: { column: 'kind', value: '1' } },
  { from: 'message.target', to: 'team', when: { column: 'kind', value: 'team' } },
];

describe('a declared reference that holds for some rows only', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'account',
      `CREATE TABLE account (id int PRIMARY KEY);
       CREATE TABLE team (id int PRIMARY KEY, leader int REFERENCES account);
       CREATE TABLE message (id int PRIMARY KEY, kind text, target int, urgent boolean);
       INSERT INTO account VALUES (1), (2);
       INSERT INTO team VALUES (1, NULL), (2, NULL);
       INSERT INTO message VALUES (11, '1', 1, true), (12, '1', 2, false), (21, 'team', 1, false), (22, 'team', 2, NULL), (31, NULL, 1, NULL);`,
    );
  });

  after(async () => {
    await source.close();
  });

  it('brings the rows that it holds for, and no others that have the same value', async () => {
    const { objects } = await source.take({ objects: ['account.1'], policy: { references } });
    expect(Object.keys(objects)).to.deep.equal(['public.account.1', 'public.message.11']);
  });

  it('knows a boolean as people write it', async () => {
    const policy: Policy = { references: [{ from: 'message.target', to: 'account', when: { column: 'urgent', value: 'true' } }] };
    const { objects } = await source.take({ objects: ['account.1'], policy });
    expect(Object.keys(objects)).to.deep.equal(['public.account.1', 'public.message.11']);
  });

  it('knows a text of fixed width without its blanks', async () => {
    await source.dataSource.query(
      `CREATE TABLE memo (id int PRIMARY KEY, kind char(9), target text); INSERT INTO memo VALUES (41, 'account', '1'), (42, 'other', '1')`,
    );
    const memos: Policy = { references: [{ from: 'memo.target', to: 'account', when: { column: 'kind', value: 'account' } }] };
    const policy: Policy = { models: { memo: {} }, ...memos, follow: { 'public.memo.target[kind=account]': { down: 'follow' } } };
    const { objects } = await source.take({ objects: ['account.1'], policy });
    expect(Object.keys(objects)).to.deep.equal(['public.account.1', 'public.memo.41']);
  });

  it('counts only those against a limit', async () => {
    const policy: Policy = { references, follow: { 'public.message.target[kind=team]': { limit: 1 } } };
    const { objects } = await source.take({ objects: ['team.1'], policy });
    expect(Object.keys(objects)).to.deep.equal(['public.message.21', 'public.team.1']);
  });

  it('is cut where it holds, and nowhere else', async () => {
    const policy: Policy = { references, follow: { 'public.message.target[kind=1]': { up: 'cut' } } };
    const { objects } = await source.take({ objects: ['message.11', 'message.21'], policy });
    expect(Object.entries(objects).map(([name, { target }]) => [name, target])).to.deep.equal([
      ['public.message.11', null],
      ['public.message.21', 1],
      ['public.team.1', undefined],
    ]);
  });

  it('takes only those rows away with a row that is dropped', async () => {
    const policy: Policy = { references, exclude: { team: 'drop' } };
    const { objects } = await source.take({ objects: ['message.11', 'message.21'], policy });
    expect(Object.entries(objects).map(([name, { target }]) => [name, target])).to.deep.equal([
      ['public.account.1', undefined],
      ['public.message.11', 1],
      ['public.message.21', null],
    ]);
  });
});
