import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { deleteObjects, exportObjects, importObjects, undoJournal } from '../../src/index.js';
import type { JournalLine } from '../../src/changes/journal.js';
import { journalHeader, journalLines } from '../../src/changes/journal.js';
import { writeLines } from '../../src/changes/write-lines.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 20);

const sql = `CREATE TABLE item (id int PRIMARY KEY, code varchar(9) UNIQUE, name text COLLATE "C", place int, active boolean NOT NULL, span int4range,
    label text GENERATED ALWAYS AS (place || '/' || active) STORED, EXCLUDE USING gist (span WITH &&));
  CREATE UNIQUE INDEX by_name ON item (lower(name));
  CREATE UNIQUE INDEX by_place ON item (place) WHERE active;
  CREATE UNIQUE INDEX by_label ON item (label) WHERE id < 100`;
const policy = { models: { item: {} } };

interface Item {
  readonly id: number;
  readonly code: string | null;
  readonly name: string | null;
  readonly place: number | null;
  readonly active: boolean;
  readonly from: number | null;
}

const oneOf = <T>(...values: T[]): fc.Arbitrary<T | null> => fc.option(fc.constantFrom(...values), { freq: 2 });
const items = (id: fc.Arbitrary<number>): fc.Arbitrary<readonly Item[]> =>
  fc.uniqueArray(
    fc.record({
      ...{ id, code: oneOf('A', 'B', 'C', 'D'), name: oneOf('x', 'X', 'y', 'z', 'Z') },
      ...{ place: oneOf(1, 2, 3, 4), active: fc.boolean(), from: oneOf(0, 3, 6, 9, 12, 15) },
    }),
    { selector: ({ id: key }) => key, minLength: 2, maxLength: 5 },
  );

/** Why the two cannot stand beside each other, by constraint. */
function against(one: Item, other: Item): readonly string[] {
  const label = ({ place, active }: Item): string | null => (place === null ? null : `${String(place)}/${String(active)}`);
  const same = <T>(mine: T | null, theirs: T | null): boolean => mine !== null && mine === theirs;
  const span = one.from !== null && other.from !== null && Math.abs(one.from - other.from) < 5;
  return [
    ...(same(one.code, other.code) ? ['item_code_key'] : []),
    ...(same(one.name?.toLowerCase() ?? null, other.name?.toLowerCase() ?? null) ? ['by_name'] : []),
    ...(one.active && other.active && same(one.place, other.place) ? ['by_place'] : []),
    ...(same(label(one), label(other)) ? ['by_label'] : []),
    ...(span ? ['item_span_excl'] : []),
  ];
}

/** Those of them that can stand beside each other. */
function beside(all: readonly Item[], there: readonly Item[] = []): readonly Item[] {
  const kept: Item[] = [...there];
  for (const one of all) if (kept.every((other) => other.id !== one.id && against(one, other).length === 0)) kept.push(one);
  return kept.slice(there.length);
}

function insertOf(all: readonly Item[]): string {
  const text = (value: string | number | null): string => (typeof value === 'string' ? `'${value}'` : String(value ?? 'NULL'));
  const rows = all.map(({ id, code, name, place, active, from }) => {
    const span = from === null ? 'NULL' : `'[${String(from)},${String(from + 5)})'`;
    return `(${[id, code, name, place].map(text).join(', ')}, ${String(active)}, ${span})`;
  });
  return rows.length === 0 ? 'SELECT' : `INSERT INTO item (id, code, name, place, active, span) VALUES ${rows.join(', ')}`;
}

describe('rows that would come back with unique values which others have by then', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;
  let journal: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-taken-'));
    journal = join(folder, 'journal');
    database = await createDatabase({ sql });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const found = async (): Promise<readonly unknown[]> =>
    (await database.query('SELECT i::text AS row FROM item i ORDER BY id')).map(({ row }) => row);

  it(`are conflicts, all of them, by whatever constraint; else all comes back (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = new Set<string>();
    const low = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(
        items(low),
        items(low.map((id) => id + 10)),
        fc.boolean(),
        fc.nat(),
        async (made, later, isImport, pick) => {
          const before = beside(made);
          const taken = before.filter((_, at) => ((pick >> at) & 1) === 0 || at === 0);
          const objects = taken.map(({ id }) => `item.${String(id)}`);
          const archive = join(folder, 'archive.json');
          const fresh = taken.map((one, at) => ({
            ...one,
            code: `z${String(at)}`,
            name: `z${String(at)}!`,
            place: 50 + at,
            from: 50 + 5 * at,
          }));
          if (isImport) {
            await database.query(`TRUNCATE item; ${insertOf(fresh)}`);
            await exportObjects(dataSource, { objects, output: archive, policy, force: true });
            await database.query(`TRUNCATE item; ${insertOf(before)}`);
            expect((await importObjects(dataSource, { archive, policy, onConflict: 'override', journal })).status).to.equal(
              'done',
            );
          } else {
            await database.query(`TRUNCATE item; ${insertOf(before)}`);
            await exportObjects(dataSource, { objects, output: archive, policy, force: true });
            expect((await deleteObjects(dataSource, { archive, policy, journal })).status).to.equal('done');
          }
          const staying = before.filter((one) => !taken.includes(one));
          const come = beside(later, [...staying, ...(isImport ? fresh : [])]);
          await database.query(insertOf(come));
          const now = await found();
          const plan = join(folder, 'plan');
          const { status, conflicts, conflictCount } = await undoJournal(dataSource, { journal, policy, dryRun: true, plan });
          expect(await found()).to.deep.equal(now);
          const expected = taken.filter((one) => come.some((other) => against(one, other).length > 0));
          expect(conflicts.map(({ object }) => object).sort()).to.deep.equal(
            expected.map(({ id }) => `public.item.${String(id)}`).sort(),
          );
          for (const { object, reason, constraint, inTheWay } of conflicts) {
            const one = before.find(({ id }) => `public.item.${String(id)}` === object);
            const other = come.find(({ id }) => `public.item.${String(id)}` === inTheWay);
            expect(reason).to.equal('unique');
            if (one === undefined || other === undefined) throw new Error(`${object} is no row, or ${String(inTheWay)}`);
            expect(against(one, other)).to.include(constraint);
            met.add(constraint ?? '');
          }
          const lines = readFileSync(plan, 'utf8').trimEnd().split('\n').slice(1, -1);
          expect(lines.filter((line) => line.includes('"reason":"unique"')).length).to.equal(conflicts.length);
          if (conflictCount > 0) {
            expect(status).to.equal('refused');
            expect((await undoJournal(dataSource, { journal, policy })).conflicts).to.deep.equal(conflicts);
            expect(await found()).to.deep.equal(now);
            return;
          }
          met.add('done');
          expect((await undoJournal(dataSource, { journal, policy })).status).to.equal('done');
          const wanted = await found();
          await database.query(`TRUNCATE item; ${insertOf([...before, ...come])}`);
          expect(wanted).to.deep.equal(await found());
        },
      ),
      { numRuns: runs, endOnFailure: false },
    );
    expect([...met]).to.include('done');
    if (runs >= 100) expect([...met]).to.include.members(['item_code_key', 'by_name', 'by_place', 'by_label', 'item_span_excl']);
  });

  /** A journal of lines that say what they like. */
  async function writeJournal(...lines: readonly JournalLine[]): Promise<void> {
    const [row] = await database.query('SELECT oid::text FROM pg_database WHERE datname = current_database()');
    const name = new URL(database.url).pathname.slice(1);
    const column = (type: string, kind: 'integer' | 'text' | 'boolean'): { type: string; kind: typeof kind } => ({ type, kind });
    const columns = {
      ...{ id: column('integer', 'integer'), code: column('character varying(9)', 'text'), name: column('text', 'text') },
      ...{ active: column('boolean', 'boolean') },
    };
    const header = journalHeader({
      ...{ command: 'delete', database: { name, oid: String(row?.['oid']) }, archive: '', options: {} },
      entities: {
        'public.item': {
          ...{ schema: 'public', table: 'item', key: ['id'] },
          columns: Object.fromEntries(Object.entries(columns).map(([member, told]) => [member, { name: member, ...told }])),
        },
      },
    });
    const all = async function* (): AsyncGenerator<JournalLine> {
      yield* await Promise.resolve(lines);
    };
    await writeLines(journal, journalLines(header, all()));
  }

  const line = (id: number): Pick<JournalLine, 'model' | 'object' | 'pk'> => ({
    ...{ model: 'public.item', object: `public.item.${String(id)}`, pk: id },
  });

  it('come back where a row that is taken back, too, gives the values up', async () => {
    await database.query("TRUNCATE item; INSERT INTO item (id, code, active) VALUES (1, 'B', true)");
    await writeJournal(
      { ...line(2), decision: 'delete', before: { id: 2, code: 'B', active: true } },
      { ...line(1), decision: 'nullify', columns: ['code'], before: { code: 'A' }, after: { code: 'B' } },
    );
    expect((await undoJournal(dataSource, { journal, policy })).conflicts).to.deep.equal([]);
    expect(await database.query('SELECT id, code FROM item ORDER BY id')).to.deep.equal([
      { id: 1, code: 'A' },
      { id: 2, code: 'B' },
    ]);
  });

  it('are told of where two of them would, and on the terminal', async () => {
    await database.query("TRUNCATE item; INSERT INTO item (id, code, active) VALUES (1, 'B', true)");
    const both = [2, 3].map((id) => ({ ...line(id), decision: 'delete' as const, before: { id, code: 'A', active: false } }));
    await writeJournal(...both);
    const { conflicts } = await undoJournal(dataSource, { journal, policy });
    const unique = { reason: 'unique' as const, columns: ['code'], constraint: 'item_code_key' };
    expect(conflicts).to.deep.equal([
      { object: 'public.item.2', ...unique, inTheWay: 'public.item.3' },
      { object: 'public.item.3', ...unique, inTheWay: 'public.item.2' },
    ]);
    const { summarizeUndo } = await import('../../src/cli/summarize-undo.js');
    expect(await summarizeUndo(await undoJournal(dataSource, { journal, policy }), false)).to.contain(
      'conflict: public.item.2 cannot come back: public.item.3 has its unique values by now (item_code_key: code)',
    );
  });
});
