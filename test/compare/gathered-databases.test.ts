import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { MergeResult, Policy } from '../../src/index.js';
import { exportObjects, graphHash, importObjects, mergeArchives, verifyArchive } from '../../src/index.js';
import { PortolanError } from '../../src/errors/portolan-error.js';
import { dataSourceOf } from '../dialect/data-source.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 15);

const tables = ['lang', 'label', 'team', 'person', 'genre', 'book', 'copy', 'note'] as const;

const sql = `CREATE TABLE lang (id serial PRIMARY KEY, name text NOT NULL UNIQUE, code text NOT NULL UNIQUE, script text);
  CREATE TABLE label (code text PRIMARY KEY, colour text);
  CREATE TABLE team (id uuid PRIMARY KEY, title text, lead int);
  CREATE TABLE person (id serial PRIMARY KEY, name text UNIQUE, bio text, mentor int REFERENCES person, team uuid REFERENCES team);
  ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person;
  CREATE TABLE genre (id serial PRIMARY KEY, parent int REFERENCES genre, slug text NOT NULL, UNIQUE (parent, slug));
  CREATE TABLE book (id serial PRIMARY KEY, title text, lang text REFERENCES lang (code), author int REFERENCES person,
    label text REFERENCES label, readers jsonb, also int[]);
  CREATE TABLE book_genre (book int REFERENCES book, genre int REFERENCES genre, PRIMARY KEY (book, genre));
  CREATE TABLE copy (book int REFERENCES book, number int, shelf text, PRIMARY KEY (book, number));
  CREATE TABLE note (id serial PRIMARY KEY, kind text, object text, body text)`;

const uuids = [1, 2, 3].map((one) => `00000000-0000-4000-8000-00000000000${String(one)}`);

/** A place of an earlier list, or none. */
const place = fc.option(fc.nat(3), { nil: null, freq: 2 });
const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 4 });
const id = fc.integer({ min: 1, max: 5 });

const draw = fc.record({
  lang: few(
    fc.record({ id, name: fc.constantFrom('Dutch', 'Welsh', 'Greek'), code: fc.constantFrom('nl', 'cy', 'el'), script: place }),
  ),
  label: few(fc.record({ code: fc.constantFrom('x', 'y'), colour: place })),
  team: few(fc.record({ id: fc.constantFrom(...uuids), title: place, lead: place })),
  person: few(fc.record({ id, name: fc.option(fc.constantFrom('ann', 'bob', 'cy')), bio: place, mentor: place, team: place })),
  genre: few(fc.record({ id, parent: place, slug: fc.constantFrom('a', 'b') })),
  book: few(
    fc.record({
      id,
      title: fc.nat(1),
      lang: place,
      author: place,
      label: place,
      readers: few(fc.nat(3)),
      also: few(fc.nat(3)),
      genres: few(fc.nat(3)),
    }),
  ),
  copy: few(fc.record({ book: fc.nat(3), number: fc.integer({ min: 1, max: 2 }), shelf: fc.nat(1) })),
  note: few(fc.record({ id, of: fc.constantFrom('book', 'person', 'nothing'), object: fc.nat(3), body: fc.nat(1) })),
});

type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;

const text = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? 'NULL' : `'${String(value)}'`;

function distinct<T>(list: readonly T[], ...keys: readonly ((one: T) => unknown)[]): readonly T[] {
  return list.filter((one, at) =>
    keys.every((key) => key(one) === null || list.findIndex((other) => key(other) === key(one)) === at),
  );
}

/** The rows that a draw means, and their names. */
function made(drawn: Draw): { readonly sql: string; readonly names: readonly string[] } {
  const lang = distinct(
    drawn.lang,
    (one) => one.id,
    (one) => one.name,
    (one) => one.code,
  );
  const label = distinct(drawn.label, (one) => one.code);
  const team = distinct(drawn.team, (one) => one.id);
  const person = distinct(
    drawn.person,
    (one) => one.id,
    (one) => one.name,
  );
  const ids = distinct(drawn.genre, (one) => one.id);
  const genre = distinct(
    ids
      .map((one, at) => ({ ...one, parent: one.parent === null ? null : (ids[one.parent]?.id ?? null), at }))
      .filter(({ id: own, parent }) => parent !== own),
    ({ parent, slug }) => (parent === null ? null : `${String(parent)} ${slug}`),
  ).filter(({ parent }, _, all) => parent === null || all.some((other) => other.id === parent));
  const kept = genre.filter(({ parent }) => parent === null || genre.some((other) => other.id === parent));
  const book = distinct(drawn.book, (one) => one.id);
  const copy = distinct(
    drawn.copy.flatMap((one) => (book[one.book] === undefined ? [] : [{ ...one, book: book[one.book]!.id }])),
    (one) => `${String(one.book)} ${String(one.number)}`,
  );
  const note = distinct(drawn.note, (one) => one.id);
  const list: string[] = [];
  const names: string[] = [];
  const add = (table: string, name: string, values: readonly string[]): void => {
    list.push(`INSERT INTO ${table} VALUES (${values.join(', ')})`);
    names.push(`${table}.${name}`);
  };
  const pick = <T, V>(all: readonly T[], at: number | null, of: (one: T) => V): V | null =>
    at === null || all[at] === undefined ? null : of(all[at]);
  for (const one of lang) add('lang', String(one.id), [String(one.id), text(one.name), text(one.code), text(one.script)]);
  for (const one of label) add('label', one.code, [text(one.code), text(one.colour)]);
  for (const one of team)
    add('team', one.id, [text(one.id), text(one.title), text(pick(person, one.lead, ({ id: own }) => own))]);
  for (const one of person)
    add('person', String(one.id), [
      ...[String(one.id), text(one.name), text(one.bio), text(pick(person, one.mentor, ({ id: own }) => own))],
      text(pick(team, one.team, ({ id: own }) => own)),
    ]);
  for (const one of kept) add('genre', String(one.id), [String(one.id), text(one.parent), text(one.slug)]);
  for (const one of book) {
    const readers = one.readers.flatMap((at) => person[at]?.id ?? []);
    const also = one.also.flatMap((at) => book[at]?.id ?? []);
    add('book', String(one.id), [
      ...[String(one.id), text(one.title), text(pick(lang, one.lang, ({ code }) => code))],
      ...[text(pick(person, one.author, ({ id: own }) => own)), text(pick(label, one.label, ({ code }) => code))],
      ...[`'{"by": [${readers.join()}]}'`, `'{${also.join()}}'`],
    ]);
    for (const own of new Set(one.genres.flatMap((at) => kept[at]?.id ?? [])))
      list.push(`INSERT INTO book_genre VALUES (${String(one.id)}, ${String(own)})`);
  }
  for (const one of copy)
    add('copy', `book=${String(one.book)},number=${String(one.number)}`, [String(one.book), String(one.number), text(one.shelf)]);
  for (const one of note) {
    const object = one.of === 'book' ? book[one.object]?.id : one.of === 'person' ? person[one.object]?.id : 'x';
    add('note', String(one.id), [String(one.id), text(one.of), text(object), text(one.body)]);
  }
  return { sql: list.join(';'), names };
}

/** What goes into the target before: all that the sequences must not give again is above. */
const sequences = ['lang', 'person', 'genre', 'book', 'note'].map((table) => `SELECT setval('${table}_id_seq', 50)`).join(';');

const rule = fc.constantFrom('keep', 'fill' as const);

function policyOf(lang: 'keep' | 'fill', person: 'keep' | 'fill' | 'take'): Policy {
  return {
    models: {
      ...{ team: {}, book: {}, copy: {}, note: {}, label: { keySuffix: '-b' } },
      lang: { naturalKey: ['name'], merge: lang },
      person: { naturalKey: ['name'], merge: person },
      genre: { naturalKey: ['parent', 'slug'], merge: 'keep' },
    },
    joinTables: ['book_genre'],
    references: [
      { from: 'note.object', to: 'book', when: { column: 'kind', value: 'book' } },
      { from: 'note.object', to: 'person', when: { column: 'kind', value: 'person' } },
      { from: 'book.readers', to: 'person', path: '$.by[*]' },
      { from: 'book.also', to: 'book', array: true },
    ],
  };
}

describe('archives of different databases', function () {
  this.timeout(runs * 20_000);
  let databases: readonly TestDatabase[];
  let sources: readonly DataSource[];
  let folder: string;
  let file: (name: string) => string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-gather-'));
    file = (name) => join(folder, name);
    databases = await Promise.all([1, 2, 3, 4].map(() => createDatabase({ sql })));
    sources = await Promise.all(databases.map(({ url }) => dataSourceOf(url)));
  });

  after(async () => {
    for (const one of sources) await one.destroy();
    for (const one of databases) await one.drop();
    rmSync(folder, { recursive: true });
  });

  const empty = `SET session_replication_role = replica; TRUNCATE ${tables.join()}, book_genre CASCADE`;

  async function fill(at: number, rows: string): Promise<void> {
    await databases[at]!.query(`${empty}; ${rows}; SET session_replication_role = DEFAULT; ${sequences}`);
  }

  /** Everything in a database. */
  async function namesIn(at: number): Promise<readonly string[]> {
    const all: string[] = [];
    for (const table of tables) {
      const key = table === 'label' ? 'code' : table === 'copy' ? "'book=' || book || ',number=' || number" : 'id::text';
      for (const { name } of await databases[at]!.query(`SELECT '${table}.' || ${key} AS name FROM ${table}`))
        all.push(String(name));
    }
    return all;
  }

  const attempt = (work: Promise<MergeResult>): Promise<MergeResult | PortolanError> =>
    work.catch((error: unknown) => {
      if (error instanceof PortolanError && error.exitCode === 3) return error;
      throw error;
    });

  it(`gather into what one import after the other makes, under new keys (${String(runs)} runs)`, async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(draw, draw, rule, fc.constantFrom('keep', 'fill', 'take' as const), async (a, b, lang, person) => {
        const policy = policyOf(lang, person);
        const parts = [made(a), made(b)];
        if (parts.some(({ names }) => names.length === 0)) return;
        for (const [at, part] of parts.entries()) {
          await fill(at, part.sql);
          await exportObjects(sources[at]!, { objects: part.names, output: file(`${String(at)}.json`), policy, force: true });
        }
        await fill(2, 'SELECT 1');
        await fill(3, 'SELECT 1');
        const both = { archives: ['0.json', '1.json'].map(file), policy, reproducible: true, force: true } as const;
        const merged = await attempt(mergeArchives({ ...both, output: file('both.json'), idMap: file('map') }));
        expect((await importObjects(sources[2]!, { archive: file('0.json'), policy })).status).to.equal('done');
        const second = await importObjects(sources[2]!, { archive: file('1.json'), policy, onConflict: 'remap' });
        expect(readdirSync(folder).filter((name) => name.startsWith('.'))).to.deep.equal([]);
        if (merged instanceof PortolanError || merged.status === 'refused' || second.status === 'refused') {
          met.add('refused');
          expect(merged instanceof PortolanError ? 'refused' : merged.status).to.equal(second.status);
          return;
        }
        await verifyArchive(file('both.json'));
        expect((await importObjects(sources[3]!, { archive: file('both.json'), policy })).status).to.equal('done');
        for (const at of [2, 3])
          await exportObjects(sources[at]!, {
            objects: await namesIn(at),
            output: file(`after${String(at)}.json`),
            policy,
            force: true,
            reproducible: true,
          });
        const hashes = [
          await graphHash(file('after2.json')),
          await graphHash(file('after3.json')),
          await graphHash(file('both.json')),
        ];
        expect(hashes[1], 'imported one after the other').to.equal(hashes[0]);
        expect(hashes[2], 'as merged').to.equal(hashes[0]);
        // Who has the same key and values as well is the same for an import.
        const known = ({ plan }: { readonly plan: Pick<MergeResult['plan'], 'merge' | 'same'> }, model: string): number =>
          (plan.merge[model] ?? 0) + (plan.same[model] ?? 0);
        for (const model of tables.map((table) => `public.${table}`))
          expect(known(merged, model), model).to.equal(known(second, model));
        expect(merged.plan.remap).to.deep.equal(second.plan.remap);
        const lines = readFileSync(file('map'), 'utf8').trim().split('\n');
        expect(lines).to.have.length(parts[0]!.names.length + parts[1]!.names.length);
        const bytes = readFileSync(file('both.json'), 'utf8');
        await mergeArchives({ ...both, output: file('both.json') });
        expect(readFileSync(file('both.json'), 'utf8')).to.equal(bytes);
        for (const what of ['merge', 'same', 'remap'] as const)
          for (const model of Object.keys(merged.plan[what])) met.add(`${what} ${model}`);
      }),
      { numRuns: runs, endOnFailure: true },
    );
    if (runs >= 100)
      expect([...met]).to.include.members([
        'refused',
        'merge public.person',
        'remap public.team',
        'remap public.label',
        'remap public.book',
      ]);
  });
});
