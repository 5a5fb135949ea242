import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import type { Policy } from '../../src/index.js';
import { claimPlaceholder, undoJournal } from '../../src/index.js';
import { failureIfAny } from '../import/library-move.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 12);

const sql = `CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE, boss int REFERENCES a, note text);
  CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a ON DELETE CASCADE, alt text REFERENCES a (code) ON UPDATE CASCADE,
    twice int GENERATED ALWAYS AS (a * 2) STORED);
  CREATE TABLE badge (a int PRIMARY KEY REFERENCES a DEFERRABLE INITIALLY DEFERRED, colour text UNIQUE);
  CREATE TABLE tag (id int PRIMARY KEY);
  CREATE TABLE a_tag (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int NOT NULL REFERENCES a, tag int NOT NULL REFERENCES tag, UNIQUE (a, tag));
  CREATE TABLE pair (one int REFERENCES a, other int REFERENCES a, PRIMARY KEY (one, other));
  CREATE TABLE remark (id int, part int, who int, kind text, about text, said text, doc jsonb, ids int[], PRIMARY KEY (id, part)) PARTITION BY LIST (part);
  CREATE TABLE remark0 PARTITION OF remark FOR VALUES IN (0);
  CREATE TABLE remark1 PARTITION OF remark DEFAULT`;
const tables = ['a', 'b', 'badge', 'a_tag', 'pair', 'remark'] as const;

const mention = true as const;
const policy: Policy = {
  models: Object.fromEntries([...tables, 'tag'].map((table) => [table, {}])),
  references: [
    { from: 'remark.who', to: 'a', mention },
    { from: 'remark.about', to: 'a', when: { column: 'kind', value: 'a' } },
    { from: 'remark.said', to: 'a', pattern: '@(\\d+)', mention },
    { from: 'remark.said', to: 'a.code', pattern: '#(\\w+)', mention },
    { from: 'remark.doc', to: 'a', path: '$.by' },
    { from: 'remark.doc', to: 'a', path: '$.seen[*]', mention },
    { from: 'remark.ids', to: 'a', array: true, mention },
  ],
};

const key = fc.integer({ min: 1, max: 5 });
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { freq: 3 });

interface Remark {
  readonly part: number;
  readonly who: number | null;
  readonly kind: 'a' | 'x';
  readonly about: number;
  readonly at: readonly number[];
  readonly codes: readonly number[];
  readonly by: number | null;
  readonly seen: readonly number[];
}

/** Rows of all tables: people are 1 to 5, and the first of `claim` is a placeholder. */
interface Rows {
  readonly claim: readonly [number, number];
  readonly people: readonly { readonly hasCode: boolean; readonly boss: number | null }[];
  readonly books: readonly { readonly a: number; readonly alt: number | null }[];
  readonly badges: readonly number[];
  readonly tags: readonly (readonly [number, number])[];
  readonly pairs: readonly (readonly [number, number])[];
  readonly remarks: readonly Remark[];
}

const rowsMade: fc.Arbitrary<Rows> = fc.record({
  claim: fc.uniqueArray(key, { minLength: 2, maxLength: 2 }).map(([one = 0, other = 0]) => [one, other] as const),
  people: fc.array(fc.record({ hasCode: fc.nat({ max: 4 }).map((n) => n > 0), boss: maybe(key) }), {
    minLength: 5,
    maxLength: 5,
  }),
  books: fc.array(fc.record({ a: key, alt: maybe(key) }), { maxLength: 5 }),
  badges: fc.uniqueArray(key, { maxLength: 3 }),
  tags: fc.uniqueArray(fc.tuple(key, key), { maxLength: 6, selector: String }),
  pairs: fc.uniqueArray(fc.tuple(key, key), { maxLength: 6, selector: String }),
  remarks: fc.array(
    fc.record({
      ...{ part: fc.integer({ min: 0, max: 1 }), who: maybe(key), kind: fc.constantFrom('a', 'x'), about: key },
      ...{ at: fc.array(key, { maxLength: 3 }), codes: fc.array(key, { maxLength: 2 }) },
      ...{ by: maybe(key), seen: fc.array(key, { maxLength: 3 }) },
    }),
    { maxLength: 5 },
  ),
});

/** As the database tells them, by what each person is called there. */
type Named = (person: number) => number;

function tablesOf(rows: Rows, named: Named = (person) => person): Readonly<Record<string, readonly string[]>> {
  const code = (person: number): string | null => (rows.people[person - 1]?.hasCode === true ? `k${String(person)}` : null);
  const person = (one: number | null): number | null => (one === null ? null : named(one));
  const all = {
    a: rows.people.map(({ boss }, at) => [at + 1, code(at + 1), person(boss), `n${String(at)}`]),
    b: rows.books.map(({ a, alt }, at) => [
      ...[at, named(a), alt === null || code(alt) === null ? null : code(named(alt))],
      named(a) * 2,
    ]),
    badge: rows.badges.map((a) => [named(a), `c${String(a)}`]),
    a_tag: rows.tags.map(([a, tag]) => [named(a), tag]),
    pair: rows.pairs.map(([one, other]) => [named(one), named(other)]),
    remark: rows.remarks.map(({ part, who, kind, about, at, codes, by, seen }, id) => [
      ...[id, part, person(who), kind, String(kind === 'a' ? named(about) : about)],
      `${at.map((one) => `@${String(named(one))}`).join(' and ')}${codes.map((one) => ` #${code(one) === null ? 'none' : (code(named(one)) ?? String(code(one)))}`).join(' ')}.`,
      { ...(by === null ? {} : { by: named(by) }), seen: seen.map(named) },
      seen.map(named),
    ]),
  };
  const told = Object.entries(all).map(([table, list]) => [table, [...new Set(list.map((row) => JSON.stringify(row)))].sort()]);
  return Object.fromEntries(told) as Record<string, readonly string[]>;
}

function insertsOf(rows: Rows): string {
  const text = (value: unknown): string => {
    if (value === null) return 'NULL';
    if (Array.isArray(value)) return `'{${value.join(',')}}'`;
    if (typeof value === 'object') return `'${JSON.stringify(value)}'`;
    return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  };
  const columns: Readonly<Record<string, string>> = { a_tag: '(a, tag)', b: '(id, a, alt)' };
  const bosses = rows.people.map(({ boss }, at) => `UPDATE a SET boss = ${text(boss)} WHERE id = ${String(at + 1)}`);
  const inserts = Object.entries(tablesOf(rows)).flatMap(([table, list]) =>
    list.map((line) => {
      const row = JSON.parse(line) as unknown[];
      const values = table === 'a' ? [row[0], row[1], null, row[3]] : table === 'b' ? row.slice(0, 3) : row;
      return `INSERT INTO ${table} ${columns[table] ?? ''} VALUES (${values.map(text).join(', ')})`;
    }),
  );
  const numbers = 'INSERT INTO tag SELECT n FROM generate_series(1, 5) n';
  return [`TRUNCATE ${tables.join(', ')}, tag`, numbers, ...inserts, ...bosses].join('; ');
}

describe('random claims', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-claim-'));
    database = await createDatabase({ sql });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const selected: Readonly<Record<string, string>> = { a_tag: 'a, tag' };

  /** Without the keys that a sequence gave. */
  async function found(): Promise<Readonly<Record<string, readonly string[]>>> {
    const all = await Promise.all(
      tables.map(async (table) => {
        const rows = await database.query(`SELECT ${selected[table] ?? '*'} FROM ${table}`);
        return [table, rows.map((row) => JSON.stringify(Object.values(row))).sort()] as const;
      }),
    );
    return Object.fromEntries(all);
  }

  /** Every byte that the database tells. */
  async function bytes(): Promise<readonly unknown[]> {
    const parts = tables.map((table) => `SELECT '${table}' || t::text AS row FROM ${table} t`);
    return (await database.query(`SELECT row FROM (${parts.join(' UNION ALL ')}) r ORDER BY row COLLATE "C"`)).map(
      ({ row }) => row,
    );
  }

  /** The map of an import that brought the placeholder as it is. */
  async function writeIdMap(placeholder: number): Promise<string> {
    const [facts] = await database.query(
      `SELECT datname AS name, oid::text, encode(sha256(convert_to(ROW(a.boss, a.code, a.id, a.note)::text, 'UTF8')), 'hex') AS row
       FROM pg_database, a WHERE datname = current_database() AND a.id = ${String(placeholder)}`,
    );
    const { name, oid, row } = facts ?? {};
    const to = `public.a.${String(placeholder)}`;
    const path = join(folder, 'ids');
    writeFileSync(
      path,
      `${JSON.stringify({ from: to, to, decision: 'insert', placeholder: true, database: { name, oid }, row })}\n`,
    );
    return path;
  }

  it(`do what a model says; the plan does the same, and undo gives every byte back (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = { done: 0, refused: 0, stayed: 0, keys: 0 };
    await fc.assert(
      fc.asyncProperty(rowsMade, fc.boolean(), async (rows, byPlan) => {
        const [from, to] = rows.claim;
        const [placeholder, object] = [`a.${String(from)}`, `a.${String(to)}`];
        await database.query(insertsOf(rows));
        const before = await bytes();
        expect(await found()).to.deep.equal(tablesOf(rows));
        const [journal, plan, idMap] = [join(folder, 'journal'), join(folder, 'plan'), await writeIdMap(from)];
        const options = { placeholder, object, idMap, policy };
        const hasCode = (person: number): boolean => rows.people[person - 1]?.hasCode === true;
        const codeIsHeld = hasCode(from) && rows.books.some(({ alt }) => alt === from);
        const must = (rows.badges.includes(from) && rows.badges.includes(to)) || (codeIsHeld && !hasCode(to));
        const ends = new Set(rows.pairs.map(String));
        const mapped = rows.pairs.map((ends_) => ends_.map((one) => (one === from ? to : one)).join());
        const may = must || new Set(mapped).size < ends.size;
        const dry = await failureIfAny(claimPlaceholder(dataSource, { ...options, dryRun: true, plan }));
        expect(await bytes(), 'after the dry run').to.deep.equal(before);
        const applied = byPlan && dry === undefined ? { applyPlan: plan } : {};
        const failure = await failureIfAny(
          (async () => {
            const { stayed } = await claimPlaceholder(dataSource, { ...options, journal, ...applied });
            met.stayed += Object.keys(stayed).length;
          })(),
        );
        expect(failure?.code).to.equal(dry?.code);
        if (failure !== undefined) {
          met.refused += 1;
          expect([failure.code, may], failure.message).to.deep.equal(['CLAIM_COLLIDES', true]);
          expect(await bytes()).to.deep.equal(before);
          return;
        }
        expect(must).to.equal(false);
        met.done += 1;
        const expected = tablesOf(rows, (person) => (person === from ? to : person));
        expect(await found()).to.deep.equal({
          ...expected,
          a: expected['a']?.filter((row) => (JSON.parse(row) as number[])[0] !== from),
        });
        if (readFileSync(journal, 'utf8').includes('"model":"public.badge"')) met.keys += 1;
        const left = await bytes();
        expect((await undoJournal(dataSource, { journal, policy, dryRun: true })).status).to.equal('planned');
        expect(await bytes()).to.deep.equal(left);
        const { status, conflicts } = await undoJournal(dataSource, { journal, policy });
        expect([status, conflicts]).to.deep.equal(['done', []]);
        expect(await bytes()).to.deep.equal(before);
      }),
      { numRuns: runs, endOnFailure: false },
    );
    expect(met.done).to.be.greaterThan(0);
    if (runs >= 100) for (const count of Object.values(met)) expect(count).to.be.greaterThan(0);
  });
});
