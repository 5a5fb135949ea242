import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { ArchiveObject } from '../../src/archive/archive.js';
import type { RefusedError } from '../../src/errors/portolan-error.js';
import type { Move } from './move.js';
import { move } from './move.js';

/** By the name of a type: how it is made, and three values of it, the second of them also written otherwise. */
const types: Readonly<Record<string, readonly [create: string, a: string, b: string, again: string, c: string]>> = {
  'numeric[]': ['', '{1.5,2}', '{1.50,NULL}', '{1.500,NULL}', '{}'],
  pair: ['CREATE TYPE pair AS (x int, y text)', '(1,a)', '(2,"b, ""c"" \\\\ ")', '(02,"b, ""c"" \\\\ ")', '(3,)'],
  'pair[]': ['CREATE TYPE pair AS (x int, y text)', '{"(1,a)"}', '{"(2,b)","(3,)"}', '{"(2,b)",(3\\,)}', '{}'],
  amounts: ['CREATE DOMAIN amounts AS numeric[]', '{1}', '{2,3}', '{2.0,3}', '{4}'],
  mood: [`CREATE TYPE mood AS ENUM ('so, so', 'good"', '\\')`, 'so, so', 'good"', 'good"', '\\'],
  int2vector: ['', '1 2', '3', ' 3', '4 5'],
};

function setUp(type: string): { readonly sql: string; readonly source: string } {
  const [create = '', ...values] = types[type] ?? [];
  const [a, b, again, c] = values.map((value) => `'${value.replaceAll("'", "''")}'`);
  return {
    sql: `${create}; CREATE TABLE album (id ${type} PRIMARY KEY, name text);
      CREATE TABLE song (id int PRIMARY KEY, album ${type} NOT NULL REFERENCES album, extra ${type});
      CREATE TABLE verse (song int REFERENCES song, album ${type}, nr int, PRIMARY KEY (album, nr), FOREIGN KEY (album) REFERENCES album);
      CREATE TABLE shelf (id ${type} PRIMARY KEY);
      CREATE TABLE album_shelf (album ${type} REFERENCES album, shelf ${type} REFERENCES shelf, PRIMARY KEY (album, shelf));`,
    source: `INSERT INTO album VALUES (${String(a)}, 'A'), (${String(b)}, 'B'), (${String(c)}, 'C');
      INSERT INTO song VALUES (1, ${String(a)}, NULL), (2, ${String(again)}, ${String(c)}), (3, ${String(c)}, NULL);
      INSERT INTO verse VALUES (1, ${String(again)}, 1), (2, ${String(a)}, 2), (NULL, ${String(c)}, 1);
      INSERT INTO shelf VALUES (${String(b)}), (${String(c)});
      INSERT INTO album_shelf VALUES (${String(a)}, ${String(b)}), (${String(b)}, ${String(again)}), (${String(a)}, ${String(c)}), (${String(c)}, ${String(c)});`,
  };
}

function objectsOf(archive: string): readonly ArchiveObject[] {
  return (JSON.parse(readFileSync(archive, 'utf8')) as { objects: ArchiveObject[] }).objects;
}

const policy = { models: { song: {} } };

describe('keys', () => {
  let moved: Move | undefined;
  afterEach(async () => {
    await moved?.close();
    moved = undefined;
  });

  for (const type of Object.keys(types)) {
    it(`of type ${type} are found, referred to, linked and imported`, async () => {
      moved = await move({ ...setUp(type), policy, objects: ['song.1', 'song.2', 'song.3'], export: { follow: 'connected' } });
      const models = objectsOf(moved.archive).map(({ model }) => model.replace('public.', ''));
      expect(models.filter((model) => model === 'album')).to.have.length(3);
      const links = objectsOf(moved.archive).flatMap(({ fields }) =>
        Object.values(fields).filter((value) => Array.isArray(value)),
      );
      expect(links.flat()).to.have.length(4);
      const { links: written } = await moved.import();
      expect(Object.values(written.insert)).to.deep.equal([4]);
      for (const table of ['album', 'shelf', 'song', 'verse']) {
        const rows = `SELECT x::text FROM ${table} x ORDER BY 1`;
        expect(await moved.target.query(rows), table).to.deep.equal(await moved.source.query(rows));
      }
      const again = await moved.import();
      expect(again.plan.insert).to.deep.equal({});
      expect(Object.values(again.links.same)).to.deep.equal([4]);
      const one = { objects: ['album[name=A]'], follow: 'owned' } as const;
      await moved.export(one);
      const described = readFileSync(moved.archive, 'utf8');
      const found = objectsOf(moved.archive).map(({ model, shared }) => `${model}${shared === true ? '' : ' owned'}`);
      expect(found.sort().join(', ').replaceAll('public.', '')).to.equal(
        'album, album owned, shelf, shelf, song, song owned, verse owned, verse owned',
      );
      await moved.export({ ...one, maxDepth: 9 });
      expect(readFileSync(moved.archive, 'utf8')).to.equal(described);
    });
  }

  it('of links that the target does not take are refused by the name of the link, without the value', async () => {
    const id = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
    moved = await move({
      sql: `CREATE TABLE album (id int PRIMARY KEY); CREATE TABLE shelf (id uuid PRIMARY KEY);
        CREATE TABLE album_shelf (album int REFERENCES album, shelf uuid REFERENCES shelf, PRIMARY KEY (album, shelf));`,
      source: `INSERT INTO album VALUES (1); INSERT INTO shelf VALUES ('${id}'); INSERT INTO album_shelf VALUES (1, '${id}');`,
      target: `CREATE FUNCTION number() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.album := NEW.shelf::text::int; RETURN NEW; END';
        CREATE TRIGGER number BEFORE INSERT ON album_shelf FOR EACH ROW EXECUTE FUNCTION number();`,
      policy: { models: { album: {} } },
      objects: ['album.1'],
    });
    const refusal: unknown = await moved.import().catch((error: unknown) => error);
    expect(refusal).to.include({ code: 'VALUE_REFUSED', exitCode: 3 });
    const { message, hint } = refusal as RefusedError;
    expect(message).to.match(/^public\.album\.shelf: the target does not take a value of the archive \(SQLSTATE 22P02\)$/u);
    expect(`${message} ${String(hint)}`).to.not.include(id);
    expect(await moved.rows('album')).to.deep.equal([]);
  });
});
