import { expect } from 'chai';
import { resealArchive, verifyArchive } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { move } from '../import/move.js';

/** By what the parent's key is, and what its child holds: equal for the database, and written differently. */
const unlike = [
  ['timestamp', "'2020-01-01'", 'date', "'2020-01-01'"],
  ['text', "'ab'", 'char(5)', "'ab'"],
  ['text COLLATE caseless', "'ada'", 'text COLLATE caseless', "'ADA'"],
  ['amount', '1.50', 'numeric', '1.5'],
  ['numrange', "'[1.0,2)'", 'numrange', "'[1,2.0)'"],
  ['pair', "(1.0, 'x')", 'pair', "(1, 'x')"],
] as const;

describe('an archive of references whose two ends are written differently', () => {
  for (const [parentType, parent, childType, child] of unlike) {
    it(`is closed: ${childType} that refers to ${parentType}`, async () => {
      const moved = await move({
        sql: `CREATE DOMAIN amount AS numeric; CREATE TYPE pair AS (x numeric, y text);
          CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
          CREATE TABLE parent (id ${parentType} PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent ${childType} REFERENCES parent)`,
        source: `INSERT INTO parent VALUES (${parent}); INSERT INTO child VALUES (1, ${child})`,
        policy: { models: { parent: {}, child: {} } },
        objects: ['child.1'],
      });
      try {
        expect((await verifyArchive(moved.archive)).trailer.total).to.equal(2);
        await resealArchive(moved.archive);
        expect((await moved.import()).status).to.equal('done');
      } finally {
        await moved.close();
      }
    });
  }

  it('is not where its texts must be alike: varchar that refers to text', async () => {
    const moved = await move({
      sql: 'CREATE TABLE parent (id text PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent varchar REFERENCES parent)',
      source: "INSERT INTO parent VALUES ('ab'); INSERT INTO child VALUES (1, 'ab')",
      policy: { models: { parent: {}, child: {} } },
      objects: ['child.1'],
    });
    try {
      const refused = await failureOf(moved.edit((text) => text.replace('"parent":"ab"', '"parent":"Ab"')));
      expect(refused).to.include({ code: 'ARCHIVE_NOT_CLOSED' });
    } finally {
      await moved.close();
    }
  });
});
