import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import type { Policy } from '../../src/index.js';
import { deleteObjects, diffDatabase } from '../../src/index.js';
import { move } from '../import/move.js';
import { failureOf } from '../support/failure.js';

/** Converted archives that lie about. */
function leftovers(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('.portolan-converted'));
}

describe('what goes along with the objects of a converted archive', () => {
  const sql = `CREATE TABLE team (id int PRIMARY KEY, name text UNIQUE);
    CREATE TABLE person (id int PRIMARY KEY, name text UNIQUE, team int, boss int REFERENCES person);
    CREATE TABLE note (id int PRIMARY KEY, person int NOT NULL REFERENCES person, text text);
    CREATE TABLE tag (id int PRIMARY KEY, label text);
    CREATE TABLE person_tag (person int REFERENCES person, tag int REFERENCES tag, PRIMARY KEY (person, tag))`;
  const source = `INSERT INTO team VALUES (1, 'red'); INSERT INTO person VALUES (1, 'Ada', 1, NULL), (2, 'Bo', 99, 1);
    INSERT INTO note VALUES (5, 2, 'x'), (6, 2, NULL); INSERT INTO tag VALUES (8, 'new'); INSERT INTO person_tag VALUES (2, 8)`;
  const policy: Policy = {
    models: { team: {}, person: { naturalKey: ['name'] }, note: {}, tag: {} },
    joinTables: ['person_tag'],
    references: [{ from: 'person.team', to: 'team' }],
    roots: ['person'],
  };
  const renamed: Policy = {
    models: { crew: {}, human: { naturalKey: ['called'] } },
    references: [{ from: 'human.crew', to: 'crew' }],
    converters: [
      {
        from: { person: { name: true } },
        models: {
          person: {
            renameTo: 'human',
            columns: { name: { rename: 'called' }, team: { rename: 'crew' }, boss: { rename: 'chief' } },
          },
        },
      },
      { from: { team: { name: 'text' } }, models: { team: { renameTo: 'crew' } } },
      { from: { note: { text: true }, tag: { label: true } }, models: { note: { drop: true }, tag: { drop: true } } },
    ],
  };
  const target = `DROP TABLE person_tag, tag, note, person, team; CREATE TABLE crew (id int PRIMARY KEY, name text UNIQUE);
    CREATE TABLE human (id int PRIMARY KEY, called text UNIQUE, crew int, chief int REFERENCES human)`;

  it('references that dangle are known by their new names, and models and relations that are dropped are told', async () => {
    const people = await move({ sql, source, target, policy, objects: ['person.2'] });
    try {
      const before = leftovers();
      const { status, findings, plan } = await people.import({ policy: renamed });
      expect(status).to.equal('done');
      expect(plan.insert).to.deep.equal({ 'public.crew': 1, 'public.human': 2 });
      expect(await people.rows('human')).to.deep.equal([
        { id: 1, called: 'Ada', crew: 1, chief: null },
        { id: 2, called: 'Bo', crew: 99, chief: 1 },
      ]);
      const told = (kind: string): readonly string[] => findings.filter((one) => one.kind === kind).map(({ on }) => on);
      expect(told('dangling-reference')).to.deep.equal(['public.human.2']);
      expect(told('dropped-model')).to.have.members(['public.note', 'public.tag']);
      expect(told('dropped-column')).to.deep.equal(['public.human.tag']);
      expect(findings.find(({ on }) => on === 'public.note')?.reason).to.contain('2 objects');
      expect((await diffDatabase(people.to, { archive: people.archive, policy: renamed })).status).to.equal('same');
      expect(leftovers(), 'nothing lies about').to.deep.equal(before);
      const refused = await failureOf(deleteObjects(people.to, { archive: people.archive, policy: renamed }));
      expect(refused).to.be.instanceOf(Error);
      expect(await people.rows('human'), 'a deletion takes archives as they are').to.have.length(2);
    } finally {
      await people.close();
    }
  });

  it('objects that stayed at home are known by a renamed natural key, and by no other that a converter makes', async () => {
    const people = await move({ sql, source, target, policy, objects: ['person.2'], export: { shared: 'key' } });
    try {
      const before = leftovers();
      await people.target.query("INSERT INTO crew VALUES (1, 'red'); INSERT INTO human VALUES (1, 'Eve', NULL, NULL)");
      const refused = await people.import({ policy: renamed });
      expect(refused.conflicts.map(({ object, columns }) => [object, columns])).to.deep.equal([['public.human.1', ['called']]]);
      await people.target.query("UPDATE human SET called = 'Ada'");
      expect((await people.import({ policy: renamed })).status).to.equal('done');
      const [first, ...others] = renamed.converters ?? [];
      const { columns = {} } = first?.models['person'] ?? {};
      const person = { renameTo: 'human', columns: { ...columns, name: { rename: 'called', using: 'upper(name)' } } };
      const changed: Policy = { ...renamed, converters: [{ from: { person: { name: true } }, models: { person } }, ...others] };
      const error = (await failureOf(people.import({ policy: changed }))) as Error;
      expect(error).to.include({ code: 'CONVERTER_FAILED', exitCode: 3 });
      expect(error.message).to.contain('known by public.person.name, which it changes');
      expect(leftovers()).to.deep.equal(before);
    } finally {
      await people.close();
    }
  });

  it('a model that is renamed, and of which the archive has links but no objects, is known by its new name', async () => {
    const sqlBefore = 'CREATE TABLE tag (id int PRIMARY KEY); CREATE TABLE page (id int PRIMARY KEY, text text)';
    const links = 'CREATE TABLE page_tag (page int REFERENCES page, tag int REFERENCES tag, PRIMARY KEY (page, tag))';
    const pages = await move({
      ...{ sql: `${sqlBefore}; ${links}`, source: "INSERT INTO page VALUES (1, 'x')" },
      target: 'ALTER TABLE tag RENAME TO mark; ALTER TABLE page RENAME text TO body',
      ...{ policy: { models: { page: {}, tag: {} }, joinTables: ['page_tag'] }, objects: ['page.1'] },
    });
    try {
      const models = { page: { columns: { text: { rename: 'body' } } } };
      const policyOf = (more: object): Policy => ({
        ...{ models: { page: {}, mark: {} }, joinTables: ['page_tag'] },
        converters: [{ from: { page: { text: true } }, models: { ...models, ...more } }],
      });
      expect(await failureOf(pages.import({ policy: policyOf({}) }))).to.include({ code: 'SCHEMA_DRIFT' });
      expect((await pages.import({ policy: policyOf({ tag: { renameTo: 'mark' } }) })).status).to.equal('done');
      expect(await pages.rows('page')).to.deep.equal([{ id: 1, body: 'x' }]);
    } finally {
      await pages.close();
    }
  });
});
