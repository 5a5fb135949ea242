import { expect } from 'chai';
import type { Finding } from '../../src/index.js';
import { importObjects, PortolanError } from '../../src/index.js';
import { asRole } from './as-role.js';
import { heldUp } from './held-up.js';
import type { Move } from './move.js';
import { move } from './move.js';

/** No constraint sees to it that an author stays, or the ends of a link. */
const sql = `CREATE TABLE author (id int PRIMARY KEY, name text);
  CREATE TABLE tag (id int PRIMARY KEY);
  CREATE TABLE note (id int PRIMARY KEY, author int, body text);
  CREATE TABLE note_tag (note int, tag int, PRIMARY KEY (note, tag))`;
const rows = `INSERT INTO author VALUES (1, 'Ada'); INSERT INTO tag VALUES (3); INSERT INTO note VALUES (7, 1, 'text');
  INSERT INTO note_tag VALUES (7, 3)`;
const policy = {
  models: { author: { naturalKey: ['name'] }, note: {}, tag: {} },
  joinTables: ['note_tag'],
  references: [
    { from: 'note.author', to: 'author' },
    { from: 'note_tag.note', to: 'note' },
    { from: 'note_tag.tag', to: 'tag' },
  ],
};

describe('rows of the target that an import relies on', () => {
  let note: Move;

  async function begin(options: Parameters<typeof move>[0]['export'] = {}): Promise<void> {
    note = await move({ sql, source: rows, policy, objects: ['note.7'], export: options });
    await note.target.query("INSERT INTO author VALUES (1, 'Ada'); INSERT INTO tag VALUES (3)");
  }

  afterEach(() => note.close());

  /** What happens to somebody who deletes them while the import waits to write. */
  async function deletion(table: string, when: string): Promise<string> {
    let outcome = 'deleted';
    const result = await heldUp(
      note.target,
      when,
      () => note.import(),
      async () => {
        await note.target
          .query(`SET LOCAL lock_timeout = '100ms'; DELETE FROM ${table}`)
          .catch((error: unknown) => (outcome = (error as { code: string }).code));
      },
    );
    expect(result.status).to.equal('done');
    return outcome;
  }

  const lockNotAvailable = '55P03';

  it('cannot be deleted while a reference to them is imported: rows that are `same`', async () => {
    await begin();
    expect(await deletion('author', 'LOCK TABLE note IN SHARE MODE')).to.equal(lockNotAvailable);
  });

  it('cannot be deleted while a reference to them is imported: external objects', async () => {
    await begin({ shared: 'key' });
    expect(await deletion('author', 'LOCK TABLE note IN SHARE MODE')).to.equal(lockNotAvailable);
  });

  it('cannot be deleted while a link to them is imported', async () => {
    await begin();
    expect(await deletion('tag', 'LOCK TABLE note_tag IN SHARE MODE')).to.equal(lockNotAvailable);
  });

  it('refuse the import where somebody deleted them after it had begun', async () => {
    await begin();
    let code: string | undefined;
    await heldUp(note.target, 'DELETE FROM author; LOCK TABLE author', () => note.import()).catch((error: unknown) => {
      code = (error as PortolanError).code;
    });
    expect(code).to.equal('CONCURRENT_CHANGE');
    expect(await note.rows('note')).to.deep.equal([]);
  });

  it('are named with the right that is missing where the role must not hold them, and the import goes on', async () => {
    await begin();
    const told = await notHeld();
    expect(told.map(({ on, severity }) => [on, severity])).to.deep.equal([
      ['public.author', 'warning'],
      ['public.tag', 'warning'],
    ]);
    expect(told[0]?.reason).to.contain('GRANT UPDATE ON "public"."author"');
  });

  it('that stayed at home are named so too, unless a constraint holds them: another one does not', async () => {
    await begin({ shared: 'key' });
    const constraint = (column: string, parent: string): Promise<unknown> =>
      note.target.query(
        `ALTER TABLE ${column.split('.')[0] ?? ''} ADD FOREIGN KEY (${column.split('.')[1] ?? ''}) REFERENCES ${parent}`,
      );
    await constraint('note_tag.tag', 'tag');
    expect((await notHeld()).map(({ on }) => on)).to.deep.equal(['public.author']);
    await note.target.query('TRUNCATE note, note_tag');
    await constraint('note.author', 'author');
    expect(await notHeld()).to.deep.equal([]);
  });

  /** What is told to a role that may write new rows and no others. */
  function notHeld(): Promise<readonly Finding[]> {
    return asRole(note.target, 'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO $role', async (as) => {
      const { status, findings } = await importObjects(as, { archive: note.archive, policy });
      expect(status).to.equal('done');
      return findings.filter(({ kind }) => kind === 'row-not-held');
    });
  }
});
