import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import type { ImportResult, Policy } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { keyedRows as content, keyedTables as sql } from './keyed-rows.js';
import type { ModelTable, Predicted, Row, Rules, Tables, Thing, Value } from './remap-model.js';
import { drawnOf, finalRows, RemapModel } from './remap-model.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 60);

const edge = (columns: string[], parent: string, parentColumns = ['id']): ModelTable['edges'][number] => ({
  columns,
  parent,
  parentColumns,
});
const schema: Readonly<Record<string, ModelTable>> = {
  team: { key: ['id'], uniques: [['name']], edges: [edge(['lead'], 'person')], drawn: 'id' },
  person: {
    key: ['id'],
    uniques: [['email'], ['team', 'name']],
    edges: [edge(['team'], 'team'), edge(['boss'], 'person')],
    drawn: 'id',
  },
  tag: { key: ['id'], uniques: [], edges: [], drawn: 'id' },
  visit: { key: ['person', 'day'], uniques: [], edges: [edge(['person'], 'person')], drawn: undefined },
  stay: { key: ['id'], uniques: [['person', 'day']], edges: [edge(['person', 'day'], 'visit', ['person', 'day'])], drawn: 'id' },
  mail: { key: ['id'], uniques: [], edges: [edge(['email'], 'person', ['email'])], drawn: 'id' },
};
const tables = Object.keys(schema);

const merge = fc.constantFrom('keep', 'take', 'fill', undefined);
const rules: fc.Arbitrary<Rules> = fc
  .record({
    strategy: fc.constantFrom('fail', 'override', 'remap', 'remap', 'remap'),
    rule: fc.constantFrom('conflicts', 'conflicts', 'all'),
    team: merge,
    person: merge,
    by: fc.constantFrom(['email'], ['team', 'name']),
    stay: merge,
  })
  .map(({ strategy, rule, team, person, by, stay }) => ({
    ...{ strategy, rule },
    merges: {
      ...(team === undefined ? {} : { team: { naturalKey: ['name'], merge: team } }),
      ...(person === undefined ? {} : { person: { naturalKey: by, merge: person } }),
      ...(stay === undefined ? {} : { stay: { naturalKey: ['person', 'day'], merge: stay } }),
    },
  }));

describe('random rows that get other keys', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: DataSource;
  let to: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-remap-'));
    source = await createDatabase({ sql });
    target = await createDatabase({ sql });
    from = await new DataSource({ type: 'postgres', url: source.url, entities: [] }).initialize();
    to = await new DataSource({ type: 'postgres', url: target.url, entities: [] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await to.destroy();
    await source.drop();
    await target.drop();
    rmSync(folder, { recursive: true });
  });

  it(`end as an independent model says, twice over, after a dry run that left no trace (${String(runs)} runs)`, async function () {
    this.timeout(runs * 4000);
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(content, content, rules, async (mine, theirs, asked) => {
        await source.query(mine);
        await target.query(theirs);
        const archive = join(folder, 'archive.json');
        const names = await source.query("SELECT 'person.' || id AS name FROM person UNION ALL SELECT 'team.' || id FROM team");
        if (names.length === 0) return;
        const policy: Policy = {
          models: { ...Object.fromEntries(tables.map((table) => [table, {}])), ...asked.merges },
          joinTables: ['person_tag'],
        };
        await exportObjects(from, { objects: names.map((one) => String(one['name'])), output: archive, policy, force: true });
        const { things, links } = readArchive(archive);
        const before = await contents(target);
        const sequences = await sequencesOf(target);
        const { refused, all } = new RemapModel(schema, before, things, asked).predict();
        const map = join(folder, 'map');
        const options = { archive, policy, onConflict: asked.strategy, remap: asked.rule };
        const dry = await importObjects(to, { ...options, dryRun: true });
        expect([await contents(target), await sequencesOf(target)], 'after the dry run').to.deep.equal([before, sequences]);
        const real = await importObjects(to, { ...options, idMap: map });
        expect(told(dry), 'the dry run').to.deep.equal(told(real));
        expect(real.status, `${JSON.stringify(real.conflicts)} ${JSON.stringify(all)}`).to.equal(refused ? 'refused' : 'done');
        if (refused) {
          met.add('refused');
          expect(await contents(target)).to.deep.equal(before);
          return;
        }
        for (const { decision } of all) met.add(decision);
        expect(counted(real)).to.deep.equal(countsOf(all));
        const after = await contents(target);
        const drawn = drawnKeys(map, all, before, things);
        for (const table of tables) {
          const expected = finalRows(table, before, all).map((one) => withDrawn(one, drawn));
          expect(texts(after[table] ?? []), table).to.deep.equal(texts(expected));
        }
        expect(texts(after['person_tag'] ?? [])).to.deep.equal(texts(linked(before, all, links, drawn)));
        const again = await importObjects(to, { ...options, withIdMap: [map] });
        expect([again.status, again.plan.insert, again.plan.remap, again.plan.update, again.links.insert]).to.deep.equal([
          'done',
          {},
          {},
          {},
          {},
        ]);
        expect(await contents(target), 'after the second time').to.deep.equal(after);
      }),
      { numRuns: runs, endOnFailure: false },
    );
    expect([...met]).to.include.members(['refused', 'insert', 'remap', 'merge', 'same']);
  });
});

interface Linked {
  readonly person: number;
  readonly tag: number;
}

function readArchive(path: string): { readonly things: readonly Thing[]; readonly links: readonly Linked[] } {
  const { objects } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly objects: readonly {
      readonly model: string;
      readonly pk: Value | Row;
      readonly fields: Readonly<Record<string, Value | number[]>>;
    }[];
  };
  const links: Linked[] = [];
  const things = objects.map(({ model, pk, fields }): Thing => {
    const held = Object.entries(fields).filter((one): one is [string, Value] => !Array.isArray(one[1]));
    for (const list of Object.values(fields))
      if (Array.isArray(list)) for (const tag of list) links.push({ person: Number(pk), tag });
    const own = typeof pk === 'object' && pk !== null ? pk : { id: pk };
    return { table: model.replace('public.', ''), row: { ...own, ...Object.fromEntries(held) } };
  });
  return { things, links };
}

async function contents(database: TestDatabase): Promise<Tables> {
  const all: Record<string, readonly Row[]> = {};
  for (const table of [...tables, 'person_tag'])
    all[table] = (await database.query(`SELECT * FROM ${table} ORDER BY 1, 2`)) as Row[];
  return all;
}

function sequencesOf(database: TestDatabase): Promise<unknown> {
  return database.query('SELECT sequencename, last_value FROM pg_sequences ORDER BY 1');
}

function told({ plan, links, status }: ImportResult): unknown {
  return { plan, links, refused: status === 'refused' };
}

function counted({ plan }: ImportResult): unknown {
  return Object.fromEntries(Object.entries(plan).filter(([, models]) => Object.keys(models).length > 0));
}

function countsOf(all: readonly Predicted[]): unknown {
  const counts: Record<string, Record<string, number>> = {};
  for (const { decision, thing } of all) {
    const models = (counts[decision] ??= {});
    const model = `public.${thing.table}`;
    models[model] = (models[model] ?? 0) + 1;
  }
  return counts;
}

/** What was drawn, as the id map tells: keys that neither the target nor the archive had. */
function drawnKeys(path: string, all: readonly Predicted[], before: Tables, things: readonly Thing[]): ReadonlyMap<Value, Value> {
  const text = readFileSync(path, 'utf8').trimEnd();
  const map = new Map(
    text.split('\n').map((line) => {
      const { from, to } = JSON.parse(line) as { readonly from: string; readonly to: string };
      return [from, to] as const;
    }),
  );
  const drawn = new Map<Value, Value>();
  for (const { thing, after } of all) {
    const { table, row: own } = thing;
    if (after?.['id'] !== drawnOf(table, own)) continue;
    const id = Number(map.get(`public.${table}.${String(own['id'])}`)?.split('.')[2]);
    const taken = [...(before[table] ?? []), ...things.filter((one) => one.table === table).map((one) => one.row)];
    expect(taken.map((one) => one['id'])).not.to.include(id);
    drawn.set(drawnOf(table, own), id);
  }
  expect(new Set([...drawn].map(([one, id]) => `${String(one).split(' ')[1] ?? ''} ${String(id)}`)).size).to.equal(drawn.size);
  return drawn;
}

function withDrawn(one: Row, drawn: ReadonlyMap<Value, Value>): Row {
  return Object.fromEntries(Object.entries(one).map(([column, value]) => [column, drawn.get(value) ?? value]));
}

/** Links of the archive where their ends are now, beside those that were there. */
function linked(
  before: Tables,
  all: readonly Predicted[],
  links: readonly Linked[],
  drawn: ReadonlyMap<Value, Value>,
): readonly Row[] {
  const rowOf = (table: string, id: number): Value => {
    const found = all.find(({ thing }) => thing.table === table && thing.row['id'] === id);
    const now = found?.after?.['id'] ?? null;
    return drawn.get(now) ?? now;
  };
  const added = links.map(({ person, tag }): Row => ({ person: rowOf('person', person), tag: rowOf('tag', tag) }));
  return [
    ...new Map(
      [...(before['person_tag'] ?? []), ...added].map((one) => [JSON.stringify([one['person'], one['tag']]), one]),
    ).values(),
  ];
}

function texts(all: readonly Row[]): readonly string[] {
  return all.map((one) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}
