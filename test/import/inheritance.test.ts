import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { ArchiveObject } from '../../src/archive/archive.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `
  CREATE TABLE place (id int PRIMARY KEY);
  CREATE TABLE event (id int PRIMARY KEY, place int NOT NULL REFERENCES place, name text UNIQUE);
  CREATE TABLE concert (band text, PRIMARY KEY (id)) INHERITS (event);
  ALTER TABLE concert ADD FOREIGN KEY (place) REFERENCES place;
  CREATE TABLE gig (CHECK (band <> '')) INHERITS (concert);
  CREATE TABLE stage (id int PRIMARY KEY, code text UNIQUE);
  CREATE TABLE lent_stage () INHERITS (stage);
  CREATE TABLE staged (event int REFERENCES event, code text REFERENCES stage (code), PRIMARY KEY (event, code));
  CREATE TABLE staged_before () INHERITS (staged);`;
const source = `
  INSERT INTO place VALUES (1);
  INSERT INTO event VALUES (1, 1, 'fair'), (2, 1, 'market');
  INSERT INTO concert VALUES (1, 1, 'same key', 'A'), (7, 1, 'fair', 'B');
  INSERT INTO gig VALUES (8, 1, 'gig', 'C');
  INSERT INTO stage VALUES (1, 'left'); INSERT INTO lent_stage VALUES (1, 'left'), (2, 'right');
  INSERT INTO staged VALUES (1, 'left'); INSERT INTO staged_before VALUES (2, 'left'), (1, 'left');`;
const policy = { models: { place: {}, event: {}, concert: {}, stage: {}, staged: {} } };

function names(archive: string): readonly string[] {
  const { objects } = JSON.parse(readFileSync(archive, 'utf8')) as { objects: ArchiveObject[] };
  return objects.map(({ model, pk, fields }) => `${model} ${String(pk as number)} ${(fields['name'] ?? '') as string}`);
}

describe('tables that others inherit from', () => {
  let moved: Move | undefined;
  afterEach(async () => {
    await moved?.close();
    moved = undefined;
  });

  it('leave with their own rows, each heir with its own', async () => {
    moved = await move({ sql, source, policy, objects: ['place.1'] });
    expect(names(moved.archive)).to.deep.equal([
      'public.place 1 ',
      'public.concert 1 same key',
      'public.concert 7 fair',
      'public.event 1 fair',
      'public.event 2 market',
      'public.stage 1 ',
    ]);
    const { status } = await moved.import();
    expect(status).to.equal('done');
    expect(await moved.target.query('SELECT tableoid::regclass::text AS t, id FROM event ORDER BY 1, 2')).to.deep.equal([
      { t: 'concert', id: 1 },
      { t: 'concert', id: 7 },
      { t: 'event', id: 1 },
      { t: 'event', id: 2 },
    ]);
    expect(await moved.rows('ONLY staged')).to.deep.equal([{ event: 1, code: 'left' }]);
  });

  it('are listed row by row as they are described as a set', async () => {
    moved = await move({ sql, source, policy, objects: ['place.1'], export: { maxDepth: 9, jobs: 2 } });
    const listed = names(moved.archive);
    expect(listed).to.have.length(6);
    const result = await moved.importAtHome();
    expect(result.plan.insert).to.deep.equal({});
    expect(result.plan.same).to.include({ 'public.event': 2, 'public.concert': 2 });
  });

  it('are compared with, changed and counted in without the rows of their heirs', async () => {
    const target = `INSERT INTO place VALUES (1); INSERT INTO event VALUES (1, 1, 'old');
      INSERT INTO concert VALUES (1, 1, 'kept', 'D'), (2, 1, 'kept too', 'E'); INSERT INTO gig VALUES (3, 1, 'market', 'F');`;
    moved = await move({ sql, source, target, policy: { models: { place: {}, event: {} } }, objects: ['event.1', 'event.2'] });
    await moved.import({ onConflict: 'override' });
    expect(await moved.target.query('SELECT tableoid::regclass::text AS t, id, name FROM event ORDER BY 1, 2')).to.deep.equal([
      { t: 'concert', id: 1, name: 'kept' },
      { t: 'concert', id: 2, name: 'kept too' },
      { t: 'event', id: 1, name: 'fair' },
      { t: 'event', id: 2, name: 'market' },
      { t: 'gig', id: 3, name: 'market' },
    ]);
  });

  it('dangle where only an heir has the row', async () => {
    const loose = `CREATE TABLE base (id int PRIMARY KEY, note text); CREATE TABLE heir () INHERITS (base);
      CREATE TABLE child (id int PRIMARY KEY, base int REFERENCES base NOT NULL);`;
    const rows = `INSERT INTO heir VALUES (4, 'x'); SET session_replication_role = replica; INSERT INTO child VALUES (1, 4);
      SET session_replication_role = origin; ALTER TABLE child DROP CONSTRAINT child_base_fkey;
      ALTER TABLE child ADD FOREIGN KEY (base) REFERENCES base NOT VALID;`;
    moved = await move({ sql: loose, source: rows, policy: { models: { child: {} } }, objects: ['child.1'] });
    expect(names(moved.archive)).to.deep.equal(['public.child 1 ']);
    const { trailer } = JSON.parse(readFileSync(moved.archive, 'utf8')) as { trailer: { dangling: unknown } };
    expect(trailer.dangling).to.deep.equal([{ object: 'public.child.1', reference: 'public.child.base' }]);
  });
});
