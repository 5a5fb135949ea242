import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import type { ImportResult } from '../../src/index.js';
import { importObjects } from '../../src/index.js';
import { brokenForeignKeys } from '../support/broken-foreign-keys.js';
import { failureOf } from '../support/failure.js';
import { needsServer } from '../support/needs-server.js';
import { asRole } from './as-role.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY); CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author)`;
const source = 'INSERT INTO author VALUES (1); INSERT INTO book VALUES (1, 1), (2, 1)';
const target = 'CREATE TABLE room (id int PRIMARY KEY, name text); INSERT INTO room VALUES (5)';
const inRoom = `${target}; ALTER TABLE book ADD room int DEFAULT 5 REFERENCES room`;
const policy = { models: { author: {}, book: {} } };
const own = 'GRANT SELECT, INSERT, UPDATE ON author, book TO $role';
const mayBulk = `${own}; GRANT SET ON PARAMETER session_replication_role TO $role`;

describe('the rights for an import that checks foreign keys set by set', () => {
  let moved: Move;

  async function begin(more: string): Promise<void> {
    moved = await move({ sql, source, target: more, policy, objects: ['author.1'] });
  }

  afterEach(() => moved.close());

  const importAs = (to: DataSource) => importObjects(to, { archive: moved.archive, policy, bulkConstraints: true });

  const told = ({ findings }: ImportResult): readonly string[] =>
    findings
      .filter(({ kind, severity, on }) => `${severity} ${kind} ${on}` === 'note row-by-row public.book')
      .map(({ reason }) => reason);

  it('are asked for before anything is written, by the words that give them', async () => {
    await begin(target);
    await asRole(moved.target, own, async (as) => {
      const failure = await failureOf(importAs(as));
      expect(failure).to.include({ code: 'PERMISSION_DENIED', exitCode: 1 });
      expect((failure as { hint: string }).hint).to.match(
        /GRANT SET ON PARAMETER session_replication_role TO "portolan_role_|only a superuser may/u,
      );
      expect(await moved.rows('author')).to.deep.equal([]);
      expect((await importObjects(as, { archive: moved.archive, policy })).status).to.equal('done');
    });
  });

  it('can be granted to a role that is no superuser', async function () {
    await needsServer(this, 15);
    await begin(target);
    await asRole(moved.target, mayBulk, async (as) => {
      const result = await importAs(as);
      expect([result.status, told(result)]).to.deep.equal(['done', []]);
    });
    expect(await moved.rows('book')).to.have.length(2);
  });

  for (const [what, grants, reason] of [
    ['read', '', /the role cannot read both ends of book_room_fkey \(GRANT SELECT ON .*"public"\."room" TO "portolan_role_/u],
    [
      'hold',
      '; GRANT SELECT ON room TO $role',
      /cannot hold rows that book_room_fkey refers to.*\(GRANT UPDATE ON "public"\."room" TO "portolan_role_/u,
    ],
    [
      'see all',
      '; GRANT SELECT, UPDATE ON room TO $role; ALTER TABLE room ENABLE ROW LEVEL SECURITY',
      /the role cannot read both ends of book_room_fkey/u,
    ],
  ] as const) {
    it(`are not all there for rows that it may not ${what}: these it leaves to the database, and says what to grant`, async function () {
      await needsServer(this, 15);
      await begin(inRoom);
      await asRole(moved.target, mayBulk + grants, async (as) => {
        const result = await importAs(as);
        expect(result.status).to.equal('done');
        expect(told(result)).to.have.length(1);
        expect(told(result)[0]).to.match(reason);
      });
      expect(await moved.rows('book')).to.have.length(2);
      expect(await brokenForeignKeys(moved.target)).to.deep.equal([]);
    });
  }

  it('are enough to hold rows where one column may be changed', async function () {
    await needsServer(this, 15);
    await begin(inRoom);
    await asRole(moved.target, `${mayBulk}; GRANT SELECT (id), UPDATE (name) ON room TO $role`, async (as) => {
      const result = await importAs(as);
      expect([result.status, told(result)]).to.deep.equal(['done', []]);
    });
  });
});
