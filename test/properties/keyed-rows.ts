import fc from 'fast-check';

/** Every shape that a reference can have, and values so few that rows collide all the time. */
export const keyedTables = `CREATE TABLE team (id serial PRIMARY KEY, name text UNIQUE, colour text, lead int);
  CREATE TABLE person (id serial PRIMARY KEY, email text UNIQUE, name text, team int REFERENCES team, boss int REFERENCES person, UNIQUE (team, name));
  ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person;
  CREATE TABLE tag (id serial PRIMARY KEY, label text);
  CREATE TABLE person_tag (person int REFERENCES person, tag int REFERENCES tag, PRIMARY KEY (person, tag));
  CREATE TABLE visit (person int REFERENCES person, day int, place text, PRIMARY KEY (person, day));
  CREATE TABLE stay (id serial PRIMARY KEY, person int, day int, UNIQUE (person, day), FOREIGN KEY (person, day) REFERENCES visit);
  CREATE TABLE mail (id serial PRIMARY KEY, email text REFERENCES person (email), text text)`;

const key = fc.integer({ min: 1, max: 4 });
const some = fc.option(key, { freq: 2 });
const name = fc.constantFrom('a', 'b', 'c', null);
const row = (...values: fc.Arbitrary<string | number | null>[]): fc.Arbitrary<string> =>
  fc
    .tuple(...values)
    .map((texts) => texts.map((text) => (typeof text === 'string' ? `'${text}'` : String(text ?? 'NULL'))).join(', '));
const rows = (one: fc.Arbitrary<string>, maxLength: number, minLength = 0): fc.Arbitrary<string[]> =>
  fc.array(one, { minLength, maxLength });

/** SQL that fills {@link keyedTables} with the rows among these that fit: each that a constraint refuses is left out. */
export const keyedRows = fc
  .record({
    team: rows(row(key, name, name), 3),
    person: rows(row(key, name, name, some, some), 5, 1),
    leads: rows(row(some, key), 2),
    tag: rows(row(key, name), 2),
    person_tag: rows(row(key, key), 3),
    visit: rows(row(key, fc.integer({ min: 1, max: 2 }), name), 3),
    stay: rows(row(key, key, fc.integer({ min: 1, max: 2 })), 2),
    mail: rows(row(key, name, name), 2),
  })
  .map(({ leads, ...all }) => {
    const inserts = Object.entries(all).flatMap(([table, values]) =>
      values.map((one) => `INSERT INTO ${table} VALUES (${one}${table === 'team' ? ', NULL' : ''})`),
    );
    const updates = leads.map(
      (one) => `UPDATE team SET lead = ${one.split(', ')[0] ?? 'NULL'} WHERE id = ${one.split(', ')[1] ?? '0'}`,
    );
    const blocks = [...inserts, ...updates].map(
      (text) => `BEGIN ${text}; EXCEPTION WHEN integrity_constraint_violation THEN NULL; END;`,
    );
    return `TRUNCATE team, person, tag, person_tag, visit, stay, mail RESTART IDENTITY; DO $$ BEGIN ${blocks.join(' ')} END $$`;
  });
