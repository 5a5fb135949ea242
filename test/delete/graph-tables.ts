import fc from 'fast-check';
import type { OnDelete, Policy } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';

/**
 * Tables with every way in which rows can hang on each other: required and not, with every action on deletion, by themselves, in circles
 * (of required references too), as diamonds, by a unique column, many-to-many with and without a key of its own, in partitions.
 */
export const graphTables = `
  CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE, boss int REFERENCES a ON DELETE CASCADE, friend int REFERENCES a ON DELETE SET NULL, note text);
  CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a ON DELETE CASCADE, alt text REFERENCES a (code) ON UPDATE CASCADE, c int, note text);
  CREATE TABLE c (id bigint PRIMARY KEY, b int NOT NULL REFERENCES b DEFERRABLE, a int DEFAULT 9 REFERENCES a ON DELETE SET DEFAULT, note text);
  ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c;
  CREATE TABLE d (id int, part int, c bigint NOT NULL REFERENCES c ON DELETE RESTRICT, b int REFERENCES b ON DELETE CASCADE, note text, PRIMARY KEY (id, part))
    PARTITION BY LIST (part);
  CREATE TABLE d0 PARTITION OF d FOR VALUES IN (0);
  CREATE TABLE d1 PARTITION OF d DEFAULT;
  CREATE TABLE e (id int PRIMARY KEY, a int NOT NULL REFERENCES a, f int NOT NULL, note text);
  CREATE TABLE f (id int PRIMARY KEY, e int NOT NULL REFERENCES e, note text);
  ALTER TABLE e ADD FOREIGN KEY (f) REFERENCES f DEFERRABLE INITIALLY DEFERRED;
  CREATE TABLE tag (id int PRIMARY KEY, note text);
  CREATE TABLE a_tag (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int NOT NULL REFERENCES a ON DELETE CASCADE, tag int NOT NULL REFERENCES tag, UNIQUE (a, tag));
  CREATE TABLE b_tag (b int NOT NULL REFERENCES b, tag int NOT NULL REFERENCES tag, PRIMARY KEY (b, tag))`;

export const graphNames = ['a', 'b', 'c', 'd', 'e', 'f', 'tag', 'a_tag', 'b_tag'] as const;

export const graphKeys: Readonly<Record<string, readonly string[]>> = { d: ['id', 'part'], b_tag: ['b', 'tag'] };

/** Each reference: what it is called, and what it refers to. */
export const graphReferences = [
  { child: 'a', column: 'boss', parent: 'a', nullable: true },
  { child: 'a', column: 'friend', parent: 'a', nullable: true },
  { child: 'b', column: 'a', parent: 'a', nullable: false },
  { child: 'b', column: 'alt', parent: 'a', nullable: true, to: 'code' },
  { child: 'b', column: 'c', parent: 'c', nullable: true },
  { child: 'c', column: 'b', parent: 'b', nullable: false },
  { child: 'c', column: 'a', parent: 'a', nullable: true },
  { child: 'd', column: 'c', parent: 'c', nullable: false },
  { child: 'd', column: 'b', parent: 'b', nullable: true },
  { child: 'e', column: 'a', parent: 'a', nullable: false },
  { child: 'e', column: 'f', parent: 'f', nullable: false },
  { child: 'f', column: 'e', parent: 'e', nullable: false },
  { child: 'a_tag', column: 'a', parent: 'a', nullable: false },
  { child: 'a_tag', column: 'tag', parent: 'tag', nullable: false },
  { child: 'b_tag', column: 'b', parent: 'b', nullable: false },
  { child: 'b_tag', column: 'tag', parent: 'tag', nullable: false },
] as const;

export interface GraphRules {
  /** By place in {@link graphReferences}; undefined where the policy says nothing. */
  readonly onDelete: readonly (OnDelete | undefined)[];
}

/** What happens to a reference that is nowhere mentioned. */
export function actionOf(rules: GraphRules, at: number): OnDelete {
  const reference = graphReferences[at];
  if (reference === undefined || reference.child.endsWith('_tag')) return 'delete';
  return rules.onDelete[at] ?? (reference.nullable ? 'nullify' : 'delete');
}

export function graphPolicy(rules: GraphRules): Policy {
  const follow = graphReferences.flatMap(({ child, column }, at) => {
    const onDelete = rules.onDelete[at];
    return onDelete === undefined || child.endsWith('_tag') ? [] : [[`${child}.${column}`, { onDelete }] as const];
  });
  return { models: Object.fromEntries(graphNames.map((name) => [name, {}])), follow: Object.fromEntries(follow) };
}

const nullableActions = fc.constantFrom<OnDelete | undefined>(undefined, undefined, undefined, 'delete', 'nullify', 'keep');
const requiredActions = fc.constantFrom<OnDelete | undefined>(undefined, undefined, undefined, undefined, 'delete', 'keep');

export const graphRules: fc.Arbitrary<GraphRules> = fc.record({
  onDelete: fc.tuple(...graphReferences.map(({ nullable }) => (nullable ? nullableActions : requiredActions))),
});

const key = fc.integer({ min: 1, max: 5 });
const held = fc.option(key, { freq: 2 });

const rowsOf = (table: string, ...columns: fc.Arbitrary<string | number | null>[]): fc.Arbitrary<readonly string[]> =>
  fc.array(
    fc
      .tuple(...columns)
      .map(
        (row) =>
          `${table} VALUES (${row.map((value) => (typeof value === 'string' ? `'${value}'` : (value ?? 'NULL'))).join(', ')}, 'n')`,
      ),
    { minLength: 3, maxLength: 7 },
  );

const codes = fc.option(fc.constantFrom('k1', 'k2', 'k3'), { freq: 3 });

const tables = fc.tuple(
  fc.array(fc.tuple(codes, held, held), { minLength: 5, maxLength: 5 }),
  rowsOf('b', key, key, codes, fc.constant(null)),
  rowsOf('c', key, key, held),
  rowsOf('d', key, fc.integer({ min: 0, max: 1 }), key, held),
  fc.array(fc.tuple(key, key, key), { maxLength: 4 }),
  fc.array(fc.tuple(key, key), { maxLength: 4 }),
  fc.array(fc.tuple(key, key), { maxLength: 8 }),
  fc.array(fc.tuple(key, key), { maxLength: 8 }),
  fc.array(fc.tuple(key, key), { maxLength: 4 }),
);

/** Each that a constraint refuses is left out. */
const tried = (statements: readonly string[]): string =>
  `DO $$ BEGIN ${statements.map((text) => `BEGIN ${text}; EXCEPTION WHEN integrity_constraint_violation THEN NULL; END;`).join(' ')} END $$`;

/** SQL that fills the tables. */
export const graphRows: fc.Arbitrary<string> = tables.map(([a, b, c, d, pairs, further, aTags, bTags, circles]) => {
  const people = a.flatMap(([code, boss, friend], at) => [
    `UPDATE a SET boss = ${String(boss ?? 'NULL')}, friend = ${String(friend ?? 'NULL')} WHERE id = ${String(at + 1)}`,
    `UPDATE a SET code = ${code === null ? 'NULL' : `'${code}'`} WHERE id = ${String(at + 1)}`,
  ]);
  const inserts = [
    ...[...b, ...c, ...d],
    ...further.map(([f, e]) => `f VALUES (${String(f + 5)}, ${String(e)}, 'n')`),
    ...aTags.map(([one, tag]) => `a_tag (a, tag) VALUES (${String(one)}, ${String(tag)})`),
    ...bTags.map(([one, tag]) => `b_tag VALUES (${String(one)}, ${String(tag)})`),
  ].map((text) => `INSERT INTO ${text}`);
  // Each needs the other: they come together, and some circles are longer.
  const circular = pairs.map(
    ([e, f, parent]) =>
      `SET CONSTRAINTS ALL DEFERRED; INSERT INTO e VALUES (${String(e)}, ${String(parent)}, ${String(f)}, 'n'); ` +
      `INSERT INTO f VALUES (${String(f)}, ${String(e)}, 'n'); SET CONSTRAINTS ALL IMMEDIATE`,
  );
  const updates = circles.map(([one, other]) => `UPDATE b SET c = ${String(other)} WHERE id = ${String(one)}`);
  return (
    `SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE ${graphNames.join(', ')} RESTART IDENTITY; ` +
    `INSERT INTO tag SELECT n, 'n' FROM generate_series(1, 5) n; INSERT INTO a SELECT n, NULL, NULL, NULL, 'n' FROM generate_series(1, 9) n; ` +
    tried([...people, ...circular, ...inserts, ...updates])
  );
});

const someChanges: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'tag'), key), { maxLength: 2 }),
    fc.array(
      fc.oneof(
        fc
          .tuple(key, key)
          .map(([one, other]) => `INSERT INTO b VALUES (${String(one + 10)}, ${String(other)}, NULL, NULL, 'new')`),
        fc.tuple(key, key).map(([one, other]) => `INSERT INTO c VALUES (${String(one + 10)}, ${String(other)}, NULL, 'new')`),
        fc
          .tuple(key, key)
          .map(([one, other]) => `INSERT INTO a VALUES (${String(one + 10)}, NULL, NULL, ${String(other)}, 'new')`),
        fc.tuple(key, key).map(([one, other]) => `INSERT INTO a_tag (a, tag) VALUES (${String(one)}, ${String(other)})`),
        fc.tuple(key, key).map(([one, other]) => `INSERT INTO b_tag VALUES (${String(one)}, ${String(other)})`),
        fc.tuple(key).map(([one]) => `DELETE FROM d WHERE id = ${String(one)}`),
        fc.tuple(key).map(([one]) => `DELETE FROM a_tag WHERE tag = ${String(one)}`),
      ),
      { maxLength: 2 },
    ),
  )
  .map(([updates, others]) =>
    tried([...updates.map(([table, id]) => `UPDATE ${table} SET note = 'other' WHERE id = ${String(id)}`), ...others]),
  );

/** What somebody does between export and deletion, where anybody does anything. */
export const graphChanges: fc.Arbitrary<string> = fc.oneof(fc.constant('SELECT'), someChanges, someChanges);

/** Rows of which some are deleted for certain, some lose a reference, and some links go. */
export const certainGraph: [string, string, GraphRules, number] = [
  `TRUNCATE ${graphNames.join(', ')} RESTART IDENTITY; INSERT INTO tag VALUES (1, 'n');
    INSERT INTO a VALUES (1, 'k1', NULL, NULL, 'n'), (2, NULL, 1, 1, 'n'); INSERT INTO b VALUES (1, 1, NULL, NULL, 'n'), (2, 2, 'k1', NULL, 'n');
    INSERT INTO a_tag (a, tag) VALUES (1, 1)`,
  'SELECT',
  { onDelete: graphReferences.map(() => undefined) },
  0,
];

export type GraphRow = Readonly<Record<string, string | number | null>>;

/** Every row, by `table.key`. */
export async function graphOf(database: TestDatabase): Promise<ReadonlyMap<string, GraphRow>> {
  const rows = new Map<string, GraphRow>();
  for (const table of graphNames) {
    for (const row of (await database.query(`SELECT * FROM ${table} ORDER BY 1, 2`)) as GraphRow[])
      rows.set(nameOf(table, row), row);
  }
  return rows;
}

export function nameOf(table: string, row: GraphRow): string {
  const columns = graphKeys[table] ?? ['id'];
  return `${table}.${columns.map((name) => (columns.length > 1 ? `${name}=${String(row[name])}` : String(row[name]))).join(',')}`;
}
