import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { ImportOptions, ImportResult, Policy } from '../../src/index.js';
import { exportObjects, importObjects, undoJournal } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import type { TwoDatabases } from '../support/two-databases.js';
import { bring } from './bring.js';
import { finalRows } from './database-refuses.js';
import { ExpectedImport } from './expected-import.js';
import { freesValues } from './frees-values.js';
import type { Linked, ReadArchive } from './read-archive.js';
import { readArchive } from './read-archive.js';
import type { Brought, Predicted, Prediction, Row, Rules, Tables, Value } from './terms.js';
import { drawnOf, homeName } from './terms.js';
import type { Contents } from './world.js';
import { worldModels, worldNames, worldSchema } from './world.js';

/** What is imported, and how. */
export interface Asked extends Rules {
  /** Which person or team is exported; undefined for all of them. */
  readonly seed?: number | undefined;
  readonly shared?: 'full' | 'key';
}

/**
 * Exports, imports dry (where it is asked for), imports, imports again (where nothing became free by it), and takes it back: the dry run leaves no
 * trace, the target is as the model says, then nothing changes, then it is byte for byte as it was. Returns what was met; nothing where there was
 * nothing to export.
 */
export async function agree(
  world: TwoDatabases,
  { mine, theirs, isDryFirst }: Contents,
  asked: Asked,
): Promise<readonly string[]> {
  const { source, target, to, file } = world;
  await source.query(mine);
  await target.query(theirs);
  const [archive, idMap, journal, policy] = [file('archive'), file('map'), file('journal'), policyOf(asked)];
  if (!(await exportWorld(world, archive, asked))) return [];
  const read = readArchive(archive);
  const before = await snapshot(target);
  const options = { archive, policy, ...optionsOf(asked) };
  const traces = isDryFirst ? [before.bytes, await sequencesOf(target)] : [];
  const dry = isDryFirst ? await importObjects(to, { ...options, dryRun: true }) : undefined;
  if (dry !== undefined)
    expect([(await snapshot(target)).bytes, await sequencesOf(target)], 'after the dry run').to.deep.equal(traces);

  const real = await importObjects(to, { ...options, idMap, journal });
  if (dry !== undefined) expect(told(dry), 'the dry run').to.deep.equal(told(real));
  const imported = await snapshot(target);
  const expected = predict(before.tables, read, asked);
  expect(real.status, `${JSON.stringify(real.conflicts)} ${JSON.stringify(expected?.all)}`).to.equal(
    expected === undefined ? 'refused' : 'done',
  );
  if (expected === undefined) {
    expect(imported.bytes, 'after it was refused').to.deep.equal(before.bytes);
    return ['refused'];
  }
  expect(counted(real), 'decisions').to.deep.equal(countsOf(expected.all));
  compare(imported.tables, before.tables, read, expected, drawnKeys(idMap, expected.all, before.tables));

  if (!freesValues(worldSchema, expected.all)) {
    const again = await importObjects(to, { ...options, ...(needsMap(asked) ? { withIdMap: [idMap] } : {}) });
    const { insert, remap, update } = again.plan;
    expect([again.status, insert, remap, update, again.links.insert], 'the second time').to.deep.equal(['done', {}, {}, {}, {}]);
    expect((await snapshot(target)).bytes, 'after the second time').to.deep.equal(imported.bytes);
  }

  const undone = await undoJournal(to, { journal, policy });
  expect([undone.status, undone.conflicts], 'taken back').to.deep.equal(['done', []]);
  expect((await snapshot(target)).bytes, 'after it was taken back').to.deep.equal(before.bytes);
  return expected.all.map(({ decision }) => decision);
}

export function policyOf({ models }: Rules): Policy {
  return {
    models: Object.fromEntries(worldModels.map((table) => [table, models[table] ?? {}])),
    joinTables: ['person_tag'],
  };
}

export function optionsOf({ onConflict, remap, offset }: Rules): Partial<ImportOptions> {
  return { onConflict, remap, offset };
}

/** Whether the same import again would draw other keys, or find namesakes that it brought itself: then it has to be told what the first one did. */
function needsMap({ onConflict, offset, models }: Rules): boolean {
  const strategies = [onConflict, ...Object.values(models).flatMap((model) => model.onConflict ?? [])];
  const mayHaveNamesakes = Object.entries(models).some(
    ([table, { merge, naturalKey = [] }]) =>
      merge !== undefined &&
      worldSchema[table]?.uniques.some(({ plain, columns }) => plain && columns.join() === naturalKey.join()) !== true,
  );
  return mayHaveNamesakes || (offset === undefined && strategies.includes('remap'));
}

/** @returns false where there is nothing to export */
export async function exportWorld(
  { source, from }: TwoDatabases,
  output: string,
  { seed, shared = 'full', ...rules }: Asked,
): Promise<boolean> {
  const found = await source.query(
    "SELECT 'person.' || id AS name FROM person UNION ALL SELECT 'team.' || id FROM team ORDER BY 1",
  );
  const names = found.map(({ name }) => String(name));
  const objects = seed === undefined ? names : names.slice(seed % Math.max(names.length, 1)).slice(0, 1);
  if (objects.length === 0) return false;
  await exportObjects(from, { objects, output, policy: policyOf(rules), shared, force: true });
  return true;
}

export type Expected = Prediction & { readonly brought: Brought };

/** Undefined where it is to be refused. */
export function predict(before: Tables, read: ReadArchive, rules: Rules): Expected | undefined {
  const brought = bring(worldSchema, before, read, rules);
  if (brought === undefined) return undefined;
  const prediction = new ExpectedImport(worldSchema, before, brought, rules).predict();
  return prediction.refused ? undefined : { ...prediction, brought };
}

/** Every table is as it was predicted, and no other row is there. */
export function compare(
  after: Tables,
  before: Tables,
  { links }: ReadArchive,
  expected: Expected,
  drawn: ReadonlyMap<Value, Value>,
): void {
  const withDrawn = (row: Row): Row =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, drawn.get(value) ?? value]));
  for (const table of worldModels)
    expect(texts(after[table]), table).to.deep.equal(texts(finalRows(table, before, expected.all).map(withDrawn)));
  expect(texts(after['person_tag']), 'person_tag').to.deep.equal(texts(linked(before, expected, links).map(withDrawn)));
}

/** All that a database holds: its rows, and each as the server writes it. */
export interface Snapshot {
  readonly tables: Tables;
  readonly bytes: readonly string[];
}

export async function snapshot(database: TestDatabase): Promise<Snapshot> {
  const rows = worldNames.map((table) => `SELECT '${table}' AS name, t::text AS bytes, to_jsonb(t) AS row FROM ${table} t`);
  const found = await database.query(`SELECT * FROM (${rows.join(' UNION ALL ')}) t ORDER BY name, bytes`);
  const all = found as unknown as readonly { readonly name: string; readonly bytes: string; readonly row: Row }[];
  return {
    tables: Object.fromEntries(
      worldNames.map((table) => [table, all.flatMap(({ name, row }) => (name === table ? [row] : []))] as const),
    ),
    bytes: all.map(({ name, bytes }) => `${name} ${bytes}`),
  };
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
export function drawnKeys(path: string, all: readonly Predicted[], before: Tables): ReadonlyMap<Value, Value> {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const map = new Map(
    lines.map((line) => {
      const { from, to } = JSON.parse(line) as { readonly from: string; readonly to: string };
      return [from, to] as const;
    }),
  );
  const drawn = new Map<Value, Value>();
  const seen = new Set<string>();
  for (const { thing, after } of all) {
    const { table, row: own } = thing;
    if (after?.['id'] !== drawnOf(table, own)) continue;
    const id = Number(map.get(`public.${table}.${String(own['id'])}`)?.split('.')[2]);
    const archived = all.flatMap((one) => (one.thing.table === table ? [one.thing.row] : []));
    expect([...(before[table] ?? []), ...archived].map((one) => one['id'])).not.to.include(id);
    expect(seen).not.to.include(`${table} ${String(id)}`);
    seen.add(`${table} ${String(id)}`);
    drawn.set(drawnOf(table, own), id);
  }
  return drawn;
}

/** Links of the archive where their ends are now, beside those that were there; none of what stays out. */
function linked(before: Tables, { all, brought: { atHome } }: Expected, links: readonly Linked[]): readonly Row[] {
  const find = (table: string, id: number): Predicted | undefined =>
    all.find(({ thing }) => thing.table === table && thing.row['id'] === id);
  const added = links.flatMap(({ person, tag }): readonly Row[] => {
    const owner = find('person', person);
    const end = find('tag', tag)?.now ?? atHome.get(homeName('tag', [tag]));
    if (owner?.after === undefined || end === undefined) return [];
    return [{ person: owner.after['id'] ?? null, tag: end['id'] ?? null }];
  });
  const rows = [...(before['person_tag'] ?? []), ...added];
  return [...new Map(rows.map((one) => [JSON.stringify([one['person'], one['tag']]), one])).values()];
}

function texts(rows: readonly Row[] = []): readonly string[] {
  return rows.map((one) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}
