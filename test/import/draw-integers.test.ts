import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = 'CREATE TABLE book (id bigserial PRIMARY KEY, title text)';
const source = "INSERT INTO book (title) SELECT 'ours ' || n FROM generate_series(1, 4) n";
const target = "INSERT INTO book (title) SELECT 'theirs ' || n FROM generate_series(1, 4) n";
const objects = [1, 2, 3, 4].map((id) => `book.${String(id)}`);

describe('new keys that are drawn', () => {
  let moved: Move | undefined;

  afterEach(async () => {
    await moved?.close();
    moved = undefined;
  });

  const begin = async (change: string): Promise<Move> =>
    (moved = await move({ sql, source, target: `${target}; ${change}`, policy: { models: { book: {} } }, objects }));

  for (const [what, change, keys] of [
    ['a sequence', '', [5, 6, 7, 8]],
    ['one that goes on in tens', 'ALTER SEQUENCE book_id_seq INCREMENT 10', [14, 24, 34, 44]],
    ['one that goes down', 'ALTER SEQUENCE book_id_seq INCREMENT -1 MINVALUE -9 RESTART -1', [-4, -3, -2, -1]],
    [
      'one that passes what a number of JavaScript holds',
      'ALTER SEQUENCE book_id_seq RESTART 9007199254740990',
      ['9007199254740990', '9007199254740991', '9007199254740992', '9007199254740993'],
    ],
    [
      'one that ends where the type does',
      'ALTER SEQUENCE book_id_seq RESTART 9223372036854775804',
      ['9223372036854775804', '9223372036854775805', '9223372036854775806', '9223372036854775807'],
    ],
    [
      // It names its sequence without a schema.
      'a function that jumps',
      `CREATE SEQUENCE n; CREATE FUNCTION jump() RETURNS bigint LANGUAGE sql AS $$SELECT nextval('n') * nextval('n') * 1000$$;
        DROP SEQUENCE book_id_seq CASCADE; ALTER TABLE book ALTER id SET DEFAULT jump()`,
      [2000, 12000, 30000, 56000],
    ],
  ] as const) {
    it(`by ${what} are given to the objects in their order`, async () => {
      const begun = await begin(change);
      const { target: database, folder } = begun;
      const idMap = join(folder, 'map');
      expect((await begun.import({ onConflict: 'remap', idMap })).status).to.equal('done');
      const map = readFileSync(idMap, 'utf8').trimEnd().split('\n');
      const drawn = map.map((line) => (JSON.parse(line) as { readonly to: string }).to.replace('public.book.', ''));
      expect(drawn).to.deep.equal(keys.map(String));
      const rows = await database.query("SELECT id::text FROM book WHERE title LIKE 'ours %' ORDER BY title");
      expect(rows.map(({ id }) => id)).to.deep.equal(keys.map(String));
    });
  }

  for (const [what, change] of [
    ['a sequence that begins anew', 'ALTER SEQUENCE book_id_seq MAXVALUE 7 CYCLE'],
    [
      'a function that gives one key only',
      `CREATE FUNCTION seven() RETURNS bigint LANGUAGE sql AS 'SELECT 7::bigint'; ALTER TABLE book ALTER id SET DEFAULT seven()`,
    ],
    [
      'a function that gives none',
      `CREATE FUNCTION nothing() RETURNS bigint LANGUAGE sql AS 'SELECT NULL::bigint'; ALTER TABLE book ALTER id SET DEFAULT nothing()`,
    ],
  ] as const) {
    it(`by ${what} are refused, and nothing is written`, async () => {
      const begun = await begin(what.startsWith('a function') ? `DROP SEQUENCE book_id_seq CASCADE; ${change}` : change);
      expect(await failureOf(begun.import({ onConflict: 'remap' }))).to.include({ code: 'NO_NEW_KEYS', exitCode: 1 });
      expect(await begun.rows('book')).to.have.length(4);
    });
  }
});
