import fc from 'fast-check';

/**
 * Tables with every kind of constraint that an import can hit, and values so few that rows collide all the time. `person` is what an
 * import moves, with all that hangs on it.
 */
export const collidingTables = `
  CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  CREATE DOMAIN rate AS numeric(6,2) CHECK (VALUE < 100);
  CREATE TABLE team (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE caseless UNIQUE, colour text);
  CREATE TABLE person (id serial PRIMARY KEY, email text, code text, active boolean, team int REFERENCES team,
    boss int REFERENCES person DEFERRABLE, mate int REFERENCES person, fee rate, room int4range,
    twice int GENERATED ALWAYS AS (id * 2) STORED, UNIQUE (team, email), UNIQUE (fee) DEFERRABLE INITIALLY DEFERRED,
    EXCLUDE USING gist (room WITH &&));
  CREATE UNIQUE INDEX active_code ON person (code) WHERE active;
  CREATE UNIQUE INDEX lower_email ON person (lower(email));
  CREATE UNIQUE INDEX any_code ON person (coalesce(code, ''), team);
  CREATE TABLE tag (name text COLLATE caseless PRIMARY KEY, sort int UNIQUE);
  CREATE TABLE person_tag (person int REFERENCES person, tag text COLLATE caseless REFERENCES tag, PRIMARY KEY (person, tag));
  CREATE TABLE visit (person int REFERENCES person, day int, place text, PRIMARY KEY (person, day), UNIQUE (day, place))
    PARTITION BY RANGE (day);
  CREATE TABLE early PARTITION OF visit FOR VALUES FROM (0) TO (2);
  CREATE TABLE late PARTITION OF visit DEFAULT`;

export const collidingNames = ['team', 'person', 'tag', 'person_tag', 'visit'] as const;

const key = fc.integer({ min: 1, max: 4 });
const name = fc.constantFrom('a', 'A', 'b', 'c', null);
const number = fc.option(fc.integer({ min: 1, max: 6 }));

const literals = (...values: fc.Arbitrary<string | number | boolean | null>[]): fc.Arbitrary<string> =>
  fc
    .tuple(...values)
    .map((row) => row.map((value) => (typeof value === 'string' ? `'${value}'` : String(value ?? 'NULL'))).join(', '));

const rows = fc.record({
  team: fc.array(literals(key, name, name), { maxLength: 3 }),
  person: fc.array(
    literals(
      key,
      name,
      name,
      fc.boolean(),
      fc.option(key, { freq: 1 }),
      fc.option(key, { freq: 1 }),
      fc.option(key, { freq: 1 }),
      fc.option(fc.constantFrom('1.50', '2.00', '3.00', '4.00')),
      fc.option(fc.constantFrom('[1,2)', '[2,4)', '[3,5)', '[5,6)', '[6,7)'), { freq: 1 }),
    ),
    { minLength: 1, maxLength: 5 },
  ),
  tag: fc.array(literals(fc.constantFrom('a', 'A', 'b', 'c'), number), { maxLength: 3 }),
  person_tag: fc.array(literals(key, fc.constantFrom('a', 'A', 'b', 'c')), { maxLength: 4 }),
  visit: fc.array(literals(key, fc.integer({ min: 0, max: 3 }), name), { maxLength: 4 }),
});

/** SQL that fills the tables with the rows among these that fit: each that a constraint refuses is left out. */
export const collidingRows: fc.Arbitrary<string> = rows.map((tables) => {
  const inserts = [
    ...tables.team.map((row) => `team OVERRIDING SYSTEM VALUE VALUES (${row})`),
    ...tables.person.map((row) => `person VALUES (${row})`),
    ...tables.tag.map((row) => `tag VALUES (${row})`),
    ...tables.person_tag.map((row) => `person_tag VALUES (${row})`),
    ...tables.visit.map((row) => `visit VALUES (${row})`),
  ];
  const blocks = inserts.map(
    (text) => `BEGIN INSERT INTO ${text}; EXCEPTION WHEN integrity_constraint_violation THEN NULL; END;`,
  );
  return `TRUNCATE team, person, tag, person_tag, visit RESTART IDENTITY; SET CONSTRAINTS ALL IMMEDIATE; DO $$ BEGIN ${blocks.join(' ')} END $$`;
});
