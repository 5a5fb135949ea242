import fc from 'fast-check';
import type { Edge, Row, Unique, WorldTable } from './terms.js';

/**
 * Every shape that a reference and a unique constraint can have, and values so few that rows collide all the time: tables in a circle, rows
 * that refer to themselves, keys and unique columns made of references, references to unique columns that are no key, many-to-many, unique
 * expressions of some rows, exclusions.
 */
export const worldTables = `CREATE TABLE team (id serial PRIMARY KEY, name text UNIQUE, colour text, lead int);
  CREATE TABLE person (id serial PRIMARY KEY, email text UNIQUE, name text, team int REFERENCES team, boss int REFERENCES person, UNIQUE (team, name));
  ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person;
  CREATE TABLE tag (id serial PRIMARY KEY, label text);
  CREATE UNIQUE INDEX tag_label ON tag (lower(label)) WHERE label <> 'c';
  CREATE TABLE person_tag (person int REFERENCES person, tag int REFERENCES tag, PRIMARY KEY (person, tag));
  CREATE TABLE visit (person int REFERENCES person, day int, place text, PRIMARY KEY (person, day));
  CREATE TABLE stay (id serial PRIMARY KEY, person int, day int, UNIQUE (person, day), FOREIGN KEY (person, day) REFERENCES visit);
  CREATE TABLE mail (id serial PRIMARY KEY, email text REFERENCES person (email), text text);
  CREATE TABLE desk (id serial PRIMARY KEY, person int REFERENCES person, room int4range, EXCLUDE USING gist (room WITH &&))`;

/** Every table; those of objects, and the join table. */
export const worldNames = ['team', 'person', 'tag', 'visit', 'stay', 'mail', 'desk', 'person_tag'] as const;

const edge = (columns: readonly string[], parent: string, parentColumns: readonly string[] = ['id']): Edge => ({
  columns,
  parent,
  parentColumns,
});

const plain = (...columns: readonly string[]): Unique => ({
  columns,
  plain: true,
  clash: (a: Row, b: Row) => columns.every((name) => a[name] !== null && a[name] === b[name]),
});

/** What the database is told above, told once more for the model. */
export const worldSchema: Readonly<Record<string, WorldTable>> = {
  team: {
    ...{ columns: ['id', 'name', 'colour', 'lead'], key: ['id'], drawn: 'id' },
    ...{ uniques: [plain('name')], edges: [edge(['lead'], 'person')] },
  },
  person: {
    ...{ columns: ['id', 'email', 'name', 'team', 'boss'], key: ['id'], drawn: 'id' },
    ...{ uniques: [plain('email'), plain('team', 'name')], edges: [edge(['team'], 'team'), edge(['boss'], 'person')] },
  },
  tag: {
    ...{ columns: ['id', 'label'], key: ['id'], drawn: 'id', edges: [] },
    uniques: [{ columns: ['label'], plain: false, clash: (a, b) => labelOf(a) !== undefined && labelOf(a) === labelOf(b) }],
  },
  visit: {
    ...{ columns: ['person', 'day', 'place'], key: ['person', 'day'], drawn: undefined },
    ...{ uniques: [], edges: [edge(['person'], 'person')] },
  },
  stay: {
    ...{ columns: ['id', 'person', 'day'], key: ['id'], drawn: 'id' },
    ...{ uniques: [plain('person', 'day')], edges: [edge(['person', 'day'], 'visit', ['person', 'day'])] },
  },
  mail: {
    ...{ columns: ['id', 'email', 'text'], key: ['id'], drawn: 'id' },
    ...{ uniques: [], edges: [edge(['email'], 'person', ['email'])] },
  },
  desk: {
    ...{ columns: ['id', 'person', 'room'], key: ['id'], drawn: 'id', edges: [edge(['person'], 'person')] },
    uniques: [{ columns: ['room'], plain: false, clash: (a, b) => roomsOf(a).some((room) => roomsOf(b).includes(room)) }],
  },
};

export const worldModels = Object.keys(worldSchema);

/** What the index on tags is over. */
function labelOf({ label }: Row): string | undefined {
  return typeof label === 'string' && label !== 'c' ? label.toLowerCase() : undefined;
}

/** The rooms of `[1,3)`. */
function roomsOf({ room }: Row): readonly number[] {
  const [from = 0, to = 0] = /^\[(\d+),(\d+)\)$/u.exec(String(room))?.slice(1).map(Number) ?? [];
  return Array.from({ length: to - from }, (_, at) => from + at);
}

type Cell = string | number | null;
/** A row by the table that it goes to; of `lead`, that team and its new lead. */
type Written = readonly [table: string, cells: readonly Cell[]];

const key = fc.integer({ min: 1, max: 4 });
const day = fc.integer({ min: 1, max: 2 });
const some = fc.option(key, { freq: 1 });
const nobody = fc.constant(null);
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', null, null);
const label = fc.constantFrom('a', 'A', 'b', 'd', 'c', 'c', null, null);
const room = fc.constantFrom('[1,3)', '[2,4)', '[4,5)', '[5,7)', '[7,8)', null, null);

const rows = (
  table: string,
  cells: readonly fc.Arbitrary<Cell>[],
  maxLength: number,
  minLength = 0,
): fc.Arbitrary<readonly Written[]> => fc.array(fc.tuple(fc.constant(table), fc.tuple(...cells)), { minLength, maxLength });

const written: fc.Arbitrary<readonly Written[]> = fc
  .tuple(
    rows('team', [key, name, name], 3),
    rows('person', [key, name, name, nobody, nobody], 2, 1),
    rows('person', [key, name, name, some, some], 4),
    rows('tag', [key, label], 3),
    rows('person_tag', [key, key], 3),
    rows('visit', [key, day, name], 3),
    rows('stay', [key, key, day], 2),
    rows('mail', [key, name, name], 2),
    rows('desk', [key, some, room], 2),
    rows('lead', [key, some], 2),
  )
  .map((all) => all.flat());

/** By table: of which table the cells are keys. */
const keysIn: Readonly<Record<string, readonly (string | undefined)[]>> = {
  team: ['team'],
  person: ['person', undefined, undefined, 'team', 'person'],
  tag: ['tag'],
  person_tag: ['person', 'tag'],
  visit: ['person'],
  stay: ['stay', 'person'],
  mail: ['mail'],
  desk: ['desk', 'person'],
  lead: ['team', 'person'],
};

/** The same rows under other keys, with all that refers to them. */
function moved(all: readonly Written[], steps: Readonly<Record<string, number>>): readonly Written[] {
  return all.map(([table, cells]) => [
    table,
    cells.map((cell, at) => {
      const of = keysIn[table]?.[at];
      return of === undefined || typeof cell !== 'number' ? cell : ((cell - 1 + (steps[of] ?? 0)) % 4) + 1;
    }),
  ]);
}

function statementOf([table, cells]: Written): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? `'${cell}'` : String(cell ?? 'NULL')));
  return table === 'lead'
    ? `UPDATE team SET lead = ${texts[1] ?? 'NULL'} WHERE id = ${texts[0] ?? '0'}`
    : `INSERT INTO ${table} VALUES (${texts.join(', ')})`;
}

/** What the source and the target hold: SQL that fills their tables with the rows among some that fit. */
export interface Contents {
  readonly mine: string;
  readonly theirs: string;
  /** Whether a dry run comes first: it takes time. */
  readonly isDryFirst?: boolean;
}

const step = fc.constantFrom(0, 1, 2);

/** Rows of two installations that know nothing of each other, or that have some rows in common, perhaps under other keys. */
export const worldContents: fc.Arbitrary<Contents> = fc
  .record({
    mine: written,
    theirs: written,
    isDryFirst: fc.constantFrom(true, false, false),
    common: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(fc.boolean(), { minLength: 25, maxLength: 25 }) },
    ),
    steps: fc.record({ team: step, person: step, tag: step, stay: step, mail: step, desk: step }),
  })
  .map(({ mine, theirs, common, steps, isDryFirst }) => {
    const known = moved(
      mine.filter((_, at) => common[at] === true),
      steps,
    );
    return { isDryFirst, mine: filled(...mine.map(statementOf)), theirs: filled(...[...known, ...theirs].map(statementOf)) };
  });

/** Of some tables: columns that another writer may change, and to what. */
const changed = [
  ['team', ['name', 'colour'], name],
  ['team', ['lead', 'id'], key],
  ['person', ['email', 'name'], name],
  ['person', ['team', 'boss', 'id'], some],
  ['tag', ['label'], label],
  ['person_tag', ['person', 'tag'], key],
  ['visit', ['day'], day],
  ['visit', ['person', 'place'], key],
  ['mail', ['email', 'text'], name],
  ['desk', ['room'], room],
] as const;

const anyUpdate = fc.constantFrom(...changed).chain(([table, columns, anyValue]) =>
  fc.tuple(fc.constantFrom(...columns), anyValue, key).map(([column, to, of]) => {
    const value = typeof to === 'string' ? `'${to}'` : String(to ?? 'NULL');
    return `UPDATE ${table} SET ${column} = ${value} WHERE ${firstOfKey(table)} = ${String(of)}`;
  }),
);

const anyDelete = fc
  .tuple(fc.constantFrom(...worldNames), key)
  .map(([table, of]) => `DELETE FROM ${table} WHERE ${firstOfKey(table)} = ${String(of)}`);

function firstOfKey(table: string): string {
  return worldSchema[table]?.key[0] ?? 'person';
}

/** SQL of another writer: rows that come, change and go, as far as no constraint refuses it. */
export const worldChanges: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      anyUpdate,
      anyDelete,
      written.filter((all) => all.length > 0).map(([row]) => statementOf(row as Written)),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map(attempted);

/** SQL that empties the tables, and runs each of these that no constraint refuses. */
export function filled(...all: readonly string[]): string {
  return `TRUNCATE ${worldNames.join(', ')} RESTART IDENTITY; ${attempted(all)}`;
}

function attempted(all: readonly string[]): string {
  const blocks = all.map((text) => `BEGIN ${text}; EXCEPTION WHEN integrity_constraint_violation THEN NULL; END;`);
  return `DO $$ BEGIN ${blocks.join(' ')} END $$`;
}
