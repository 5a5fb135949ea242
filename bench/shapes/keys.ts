import type { MakeShape } from './shape.js';
import { numbers, scaled } from './shape.js';

interface KeyKind {
  readonly rows: number;
  /** Key columns with their types. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** The key of the i-th row. */
  readonly values: string;
}

/** Rows below one owner, with rows of their own below them: each is listed. */
function listed({ rows, columns, values }: KeyKind): MakeShape {
  const key = columns.map(([name]) => name).join(', ');
  const joined = columns.map(([name]) => `d.thing_${name} = t.${name}`).join(' AND ');
  const held = columns.map(([name]) => `thing_${name}`).join(', ');
  const typed = (prefix: string): string => columns.map(([name, type]) => `${prefix}${name} ${type} NOT NULL`).join(', ');
  return (scale) => {
    const count = scaled(rows, scale);
    return {
      sql: [
        `CREATE TABLE owner (id integer PRIMARY KEY);
         CREATE TABLE thing (${typed('')}, owner_id integer NOT NULL, number bigint NOT NULL);
         CREATE TABLE detail (id bigint PRIMARY KEY, ${typed('thing_')});
         INSERT INTO owner VALUES (1), (2)`,
        `INSERT INTO thing SELECT ${values}, CASE WHEN i % 10 = 0 THEN 2 ELSE 1 END, i FROM ${numbers(count)}`,
        `INSERT INTO detail SELECT i, ${values} FROM ${numbers(count)} WHERE i % 50 < 2`,
        `ALTER TABLE thing ADD PRIMARY KEY (${key}); CREATE INDEX ON thing (owner_id); CREATE INDEX ON detail (${held});
         ALTER TABLE thing ADD FOREIGN KEY (owner_id) REFERENCES owner;
         ALTER TABLE detail ADD FOREIGN KEY (${held}) REFERENCES thing`,
      ],
      object: 'public.owner.1',
      follow: 'owned',
      objects: {
        owner: 'SELECT * FROM owner WHERE id = 1',
        thing: 'SELECT * FROM thing WHERE owner_id = 1',
        detail: `SELECT d.* FROM detail d JOIN thing t ON ${joined} WHERE t.owner_id = 1`,
      },
    };
  };
}

/** As many keys as no JavaScript Set holds. */
export const manyKeys = listed({ rows: 20_000_000, columns: [['id', 'integer']], values: 'i' });

const uuid = "md5('thing' || i)::uuid";
export const manyUuids = listed({ rows: 20_000_000, columns: [['id', 'uuid']], values: uuid });
export const uuids = listed({ rows: 1_000_000, columns: [['id', 'uuid']], values: uuid });

export const composite = listed({
  rows: 1_000_000,
  columns: [
    ['region', 'text'],
    ['place', 'integer'],
  ],
  values: "'region ' || i % 100, i / 100 - 50",
});

/** All over the integers of eight bytes, most of them beyond those that a JavaScript number holds. */
export const sparse = listed({
  rows: 1_000_000,
  columns: [['id', 'bigint']],
  values: "('x' || substr(md5('thing' || i), 1, 16))::bit(64)::bigint",
});
