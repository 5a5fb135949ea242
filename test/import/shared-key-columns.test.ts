import { join } from 'node:path';
import { expect } from 'chai';
import { diffDatabase } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';

describe('new keys of rows that share a tenant with what they refer to', () => {
  let rows: Move;

  afterEach(() => rows.close());

  it('come to those that refer to themselves, and to each other', async () => {
    const policy = { models: { tenant: {}, page: {}, cover: {} } };
    rows = await move({
      policy,
      sql: `CREATE TABLE tenant (id serial PRIMARY KEY, name text);
        CREATE TABLE page (tenant int REFERENCES tenant, no int, top int NOT NULL, cover int, PRIMARY KEY (tenant, no), FOREIGN KEY (tenant, top) REFERENCES page);
        CREATE TABLE cover (tenant int REFERENCES tenant, id serial, page int, PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, page) REFERENCES page);
        ALTER TABLE page ADD FOREIGN KEY (tenant, cover) REFERENCES cover`,
      source: `INSERT INTO tenant VALUES (1, 'a'), (2, 'b'); INSERT INTO page VALUES (1, 1, 1), (1, 2, 3), (1, 3, 2), (2, 1, 1);
        INSERT INTO cover VALUES (1, 1, 2), (1, 2, 1), (2, 1, 1); UPDATE page SET cover = 1`,
      target: `INSERT INTO tenant VALUES (1, 'z'); INSERT INTO page VALUES (1, 1, 1); SELECT setval('tenant_id_seq', 1), setval('cover_id_seq', 6)`,
      objects: ['tenant.1', 'tenant.2'],
    });
    const idMap = join(rows.folder, 'map');
    const { status } = await rows.import({ remap: 'all', idMap });
    expect(status).to.equal('done');
    expect(await rows.target.query('SELECT tenant, no, top, cover FROM page ORDER BY 1, 2')).to.deep.equal([
      { tenant: 1, no: 1, top: 1, cover: null },
      { tenant: 3, no: 1, top: 1, cover: 7 },
      { tenant: 3, no: 2, top: 3, cover: 7 },
      { tenant: 3, no: 3, top: 2, cover: 7 },
      { tenant: 4, no: 1, top: 1, cover: 9 },
    ]);
    expect((await diffDatabase(rows.to, { archive: rows.archive, policy, idMap: [idMap] })).status).to.equal('same');
  });

  it('are looked up in constraints that compute with them', async () => {
    rows = await move({
      sql: `CREATE TABLE room (id serial PRIMARY KEY, name text);
        CREATE TABLE stay (id serial PRIMARY KEY, room int REFERENCES room, name text, EXCLUDE USING gist (int4range(room, room, '[]') WITH &&));
        CREATE UNIQUE INDEX ON stay ((room * 2), name)`,
      source: "INSERT INTO room VALUES (1, 'a'), (2, 'b'); INSERT INTO stay VALUES (1, 1, 'x'), (2, 2, 'x')",
      target:
        "INSERT INTO room VALUES (1, 'z'); INSERT INTO stay VALUES (1, 1, 'y'); SELECT setval('room_id_seq', 1), setval('stay_id_seq', 1)",
      policy: { models: { room: {}, stay: {} } },
      objects: ['room.1', 'room.2'],
    });
    expect((await rows.import({ onConflict: 'remap' })).status).to.equal('done');
    expect(await rows.rows('stay')).to.deep.include({ id: 3, room: 3, name: 'x' });
  });
});
