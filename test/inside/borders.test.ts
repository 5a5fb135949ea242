import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Policy } from '../../src/index.js';
import { claimPlaceholder, explainObjects, verifyArchive } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import { failureOf } from '../support/failure.js';

const sql = `CREATE TABLE person (id int PRIMARY KEY, code text UNIQUE, team int);
  CREATE TABLE page (id int PRIMARY KEY, kind text, data jsonb, body text, readers int[]);
  CREATE TABLE remark (id int PRIMARY KEY, page int NOT NULL REFERENCES page)`;
const source = `INSERT INTO person VALUES (1, 'ada', 1), (2, 'bob', 2), (3, 'eve', 2);
  INSERT INTO page VALUES (1, 'x', '{"by": 1}', 'hi @ada', '{1}'), (2, 'x', '{"by": 2}', NULL, NULL), (3, 'y', '{"by": "nobody"}', '@bob', NULL);
  INSERT INTO remark VALUES (10, 1), (20, 2), (30, 3)`;
const by = { from: 'page.data', path: '$.by', to: 'person' };
const policy: Policy = {
  models: { person: {}, page: {}, remark: {} },
  references: [by, { from: 'page.body', pattern: '@(\\w+)', to: 'person.code' }],
};

describe('keys inside values, at a border', () => {
  let pages: Move;

  before(async () => {
    pages = await move({ sql, source, policy, objects: ['remark.10'] });
  });

  after(() => pages.close());

  async function leave(more: Partial<Policy>, objects: readonly string[]): Promise<readonly string[]> {
    await pages.export({ policy: { ...policy, ...more }, objects, follow: 'dependencies' });
    await verifyArchive(pages.archive);
    const { objects: all } = JSON.parse(readFileSync(pages.archive, 'utf8')) as { objects: { model: string; pk: number }[] };
    return all.map(({ model, pk }) => `${model.replace('public.', '')}.${String(pk)}`);
  }

  it('are errors that say by which reference the row was reached', async () => {
    const refused = await failureOf(leave({ exclude: { person: 'error' } }, ['remark.10']));
    expect(refused).to.include({ code: 'EXCLUDED_NEEDED' });
    expect(String(refused)).to.contain(
      'public.remark.10 → (public.remark.page, up) public.page.1 → (public.page.body:pattern, up)',
    );
  });

  it('stay as they are where the row becomes external', async () => {
    expect(await leave({ exclude: { person: 'stub' } }, ['remark.10', 'remark.30'])).to.have.members([
      ...['page.1', 'page.3', 'remark.10', 'remark.30'],
    ]);
    const { trailer } = await verifyArchive(pages.archive);
    expect(trailer.external.map(({ pk }) => pk)).to.deep.equal([1, 2]);
    expect(trailer.dangling).to.deep.equal([{ object: 'public.page.3', reference: 'public.page.data:$.by' }]);
  });

  it('take their rows with them where the row is dropped, and what needs those', async () => {
    const rows = [{ name: 'own team', keep: 'team = 1', otherwise: 'drop' as const }];
    const seeds = { ...policy.models, remark: { whole: true }, person: { rows } };
    expect(await leave({ models: seeds }, ['person.1'])).to.have.members(['person.1', 'page.1', 'remark.10']);
    const { trailer } = await verifyArchive(pages.archive);
    expect(trailer.leftOut).to.deep.include({ model: 'public.page', rule: 'own team', count: 2 });
  });

  it('are looked for in what leaves where the policy puts another value there', async () => {
    const masked = { ...policy.models, page: { values: { data: `data - 'by'`, body: `replace(body, '@ada', '@eve')` } } };
    expect(await leave({ models: masked }, ['remark.10'])).to.have.members(['remark.10', 'page.1', 'person.3']);
  });

  it('hold where the policy says', async () => {
    const references = [{ ...by, when: { column: 'kind', value: 'y' } }];
    expect(await leave({ references }, ['remark.10'])).to.have.members(['remark.10', 'page.1']);
  });

  it('say why an object is there', async () => {
    const { why } = await explainObjects(pages.from, { objects: ['remark.10'], policy, why: 'person.1', follow: 'dependencies' });
    expect(why?.map(({ object, via }) => `${object} ${via}`)).to.deep.equal([
      'public.remark.10 ',
      'public.page.1 public.remark.page',
      'public.person.1 public.page.body:pattern',
    ]);
  });

  const refusals: readonly (readonly [string, Partial<Policy>, RegExp])[] = [
    ['two ways at once', { references: [{ ...by, array: true }] }, /of array, path and pattern only one/u],
    ['a path that is not understood', { references: [{ ...by, path: '$.a ? (@ > 1)' }] }, /path: it is no path of/u],
    ['a pattern without a group', { references: [{ from: 'page.body', pattern: '@\\w+', to: 'person' }] }, /it has 0 groups/u],
    [
      'a pattern that repeats a group',
      { references: [{ from: 'page.body', pattern: '(?:a+)+(x)', to: 'person' }] },
      /may not repeat/u,
    ],
    ['a pattern that looks ahead', { references: [{ from: 'page.body', pattern: '(a)(?=b)', to: 'person' }] }, /only \(…\) and/u],
    ['a pattern that is none', { references: [{ from: 'page.body', pattern: '(a', to: 'person' }] }, /pattern: Invalid/u],
    ['a path in an array', { references: [{ ...by, from: 'page.readers' }] }, /its type is integer\[\]/u],
    ['an array that is none', { references: [{ from: 'page.data', array: true, to: 'person' }] }, /its type is jsonb/u],
    ['a column of the key', { references: [{ from: 'person.id', array: true, to: 'page' }] }, /part of the key/u],
    ['to follow it down', { follow: { 'page.data:$.by': { down: 'follow' } } }, /"down" cannot be said of it/u],
    ['to cut it', { follow: { 'page.data:$.by': { up: 'cut' } } }, /"up" cannot be said of it/u],
  ];
  for (const [what, more, reason] of refusals)
    it(`refuses ${what}`, async () => {
      const refused = await failureOf(leave(more, ['remark.10']));
      expect(refused).to.include({ code: 'POLICY_INVALID' });
      expect(String(refused)).to.match(reason);
    });
});

describe('keys inside values that nobody declared at the export', () => {
  it('follow rows that came where the import declares them, and are told where a row of the target may be another', async () => {
    const plain = { models: policy.models ?? {} };
    const objects = ['person.1', 'page.1', 'page.2'];
    const target = `INSERT INTO person VALUES (1, 'old', 9), (2, 'other', 9)`;
    const pages = await move({ sql, source, target, policy: plain, objects });
    try {
      const { findings, status } = await pages.import({
        policy: { ...plain, references: [by] },
        onConflict: 'remap',
        offset: 100,
      });
      expect(status).to.equal('done');
      expect((await pages.rows('page')).map(({ data }) => data)).to.deep.equal([{ by: 101 }, { by: 2 }]);
      const told = findings.filter(({ kind }) => kind.startsWith('dangling'));
      expect(told.map(({ kind, on }) => `${kind} ${on}`)).to.deep.equal(['dangling-reference-caught public.page.2']);
    } finally {
      await pages.close();
    }
  });

  it('follow a placeholder that is claimed, where the other key can stand; an absent object is never written as NULL', async () => {
    const person = { naturalKey: ['code'], shared: 'key' } as const;
    const absent = (missing: 'null' | 'placeholder'): Policy => ({
      ...policy,
      models: { ...policy.models, person: { ...person, missing } },
    });
    const pages = await move({ sql, source, policy: absent('null'), objects: ['page.1'] });
    try {
      expect((await pages.import({ policy: absent('null') })).status).to.equal('refused');
      const idMap = join(pages.folder, 'ids');
      expect((await pages.import({ policy: absent('placeholder'), idMap })).status).to.equal('done');
      await pages.target.query(`INSERT INTO person VALUES (7, 'ada 7', 1), (8, NULL, 1), (9, 'ada9', 1)`);
      const before = await pages.rows('page');
      const claim = (object: string): Promise<unknown> =>
        claimPlaceholder(pages.to, { placeholder: 'person.1', object, idMap, policy: absent('placeholder') });
      // What the pattern would find again is another key, or there is none.
      for (const object of ['person.7', 'person.8']) {
        expect(await failureOf(claim(object))).to.include({ code: 'CLAIM_COLLIDES' });
        expect(await pages.rows('page')).to.deep.equal(before);
      }
      expect(await claim('person.9')).to.deep.include({
        moved: { 'public.page.body:pattern': 1, 'public.page.data:$.by': 1 },
        stayed: {},
      });
      expect(await pages.rows('page')).to.deep.equal([{ id: 1, kind: 'x', data: { by: 9 }, body: 'hi @ada9', readers: [1] }]);
    } finally {
      await pages.close();
    }
  });

  it('refuse a new key that the pattern would not find again', async () => {
    const tags = `CREATE TABLE tag (name text PRIMARY KEY); CREATE TABLE post (id int PRIMARY KEY, body text)`;
    const inText = { from: 'post.body', pattern: '@(\\w+)', to: 'tag' };
    const suffixed = (keySuffix: string): Policy => ({ models: { tag: { keySuffix }, post: {} }, references: [inText] });
    const rows = `INSERT INTO tag VALUES ('new'); INSERT INTO post VALUES (1, 'it is @new')`;
    const posts = await move({ sql: tags, source: rows, policy: suffixed('-2'), objects: ['post.1'] });
    try {
      const refused = await failureOf(posts.import({ remap: 'all', policy: suffixed('-2') }));
      expect(refused).to.include({ code: 'REFERENCE_NOT_MAPPED', exitCode: 3 });
      expect((await posts.import({ onConflict: 'remap', remap: 'all', policy: suffixed('_2') })).status).to.equal('done');
      expect((await posts.rows('post')).map(({ body }) => body)).to.deep.equal(['it is @new_2']);
    } finally {
      await posts.close();
    }
  });
});
