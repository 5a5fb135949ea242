import type { MakeShape } from './shape.js';
import { numbers, scaled } from './shape.js';

const entities = 300;
const rowsOfEach = 5;

/** Three hundred tables of five rows, each with three references to tables before it: all hang on the first row of the first. */
export const manyEntities: MakeShape = () => {
  const names = Array.from({ length: entities }, (_, at) => `entity_${String(at + 1)}`);
  const parentsOf = (at: number): readonly number[] => [Math.floor((at - 1) / 2), Math.floor((at - 1) / 3), at - 1];
  const tables = names.map((name) => `CREATE TABLE ${name} (id integer PRIMARY KEY, a integer, b integer, c integer, name text)`);
  const rows = names.map((name, at) => {
    const held = at === 0 ? 'NULL, NULL, NULL' : 'i, i, i';
    return `INSERT INTO ${name} SELECT i, ${held}, '${name} ' || i FROM generate_series(1, ${String(rowsOfEach)}) i`;
  });
  const references = names.flatMap((name, at) =>
    (at === 0 ? [0, 0, 0] : parentsOf(at)).map((parent, which) => {
      const column = ['a', 'b', 'c'][which] ?? '';
      return `CREATE INDEX ON ${name} (${column}); ALTER TABLE ${name} ADD FOREIGN KEY (${column}) REFERENCES entity_${String(parent + 1)}`;
    }),
  );
  return {
    sql: [tables.join('; '), rows.join('; '), references.join('; ')],
    object: 'public.entity_1.1',
    follow: 'owned',
    objects: Object.fromEntries(names.map((name) => [name, `SELECT * FROM ${name} WHERE id = 1`])),
  };
};

/** Two hundred columns of several types. */
export const manyColumns: MakeShape = (scale) => {
  const kinds = [
    ['integer', 'i + %'],
    ['text', `'text ' || i + %`],
    ['timestamptz', `timestamptz '2020-01-01 00:00:00Z' + (i + %) * interval '1 second'`],
    ['numeric(12,2)', '(i + %) / 4.0'],
    ['boolean', '(i + %) % 2 = 0'],
  ] as const;
  const columns = Array.from({ length: 198 }, (_, at) => {
    const [type, value] = kinds[at % kinds.length] ?? kinds[0];
    return { name: `c${String(at)}`, type, value: value.replace('%', String(at)) };
  });
  return {
    sql: [
      `CREATE TABLE book (id integer PRIMARY KEY);
       CREATE TABLE page (id integer PRIMARY KEY, book_id integer NOT NULL, ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')});
       INSERT INTO book VALUES (1)`,
      `INSERT INTO page SELECT i, 1, ${columns.map(({ value }) => value).join(', ')} FROM ${numbers(scaled(100_000, scale))}`,
      `CREATE INDEX ON page (book_id); ALTER TABLE page ADD FOREIGN KEY (book_id) REFERENCES book`,
    ],
    object: 'public.book.1',
    follow: 'owned',
    objects: { book: 'SELECT * FROM book', page: 'SELECT * FROM page' },
  };
};

/** Rows of five megabytes each. */
export const longRows: MakeShape = (scale) => ({
  sql: [
    `CREATE TABLE album (id integer PRIMARY KEY);
     CREATE TABLE picture (id integer PRIMARY KEY, album_id integer NOT NULL, content text NOT NULL, thumbnail bytea);
     ALTER TABLE picture ALTER content SET STORAGE EXTERNAL;
     INSERT INTO album VALUES (1)`,
    `INSERT INTO picture SELECT i, 1, repeat(md5(i::text) || E'"\\n', 147000), decode(repeat(md5(i::text), 1000), 'hex')
       FROM ${numbers(Math.max(3, Math.round(100 * scale)))}`,
    `CREATE INDEX ON picture (album_id); ALTER TABLE picture ADD FOREIGN KEY (album_id) REFERENCES album`,
  ],
  object: 'public.album.1',
  follow: 'owned',
  objects: { album: 'SELECT * FROM album', picture: 'SELECT * FROM picture' },
});
