import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import type { ImportResult } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { collidingNames, collidingRows, collidingTables } from './random-rows.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 100);
const policy = { models: { team: {}, person: {}, tag: {}, visit: {} }, joinTables: ['person_tag'] };

/** Every row of every table as text, by table and key; and where each sequence stands. */
type Contents = ReadonlyMap<string, string>;

describe('random rows in the way of an import', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: DataSource;
  let to: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-collisions-'));
    source = await createDatabase({ sql: collidingTables });
    target = await createDatabase({ sql: collidingTables });
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

  it(`are untouched, and the dry run says what the real one does (${String(runs)} runs)`, async function () {
    this.timeout(runs * 4000);
    const strategy = fc.constantFrom('fail', 'skip', 'override' as const);
    const shared = fc.constantFrom('full', 'full', 'key' as const);
    await fc.assert(
      fc.asyncProperty(collidingRows, collidingRows, strategy, shared, fc.nat(), async (mine, theirs, onConflict, kept, seed) => {
        await source.query(mine);
        await target.query(theirs);
        const people = await source.query('SELECT id FROM person ORDER BY id');
        const person = people[seed % Math.max(people.length, 1)]?.['id'] as number | undefined;
        if (person === undefined) return;
        const archive = join(folder, 'archive.json');
        const options = { archive, policy, onConflict, plan: join(folder, 'plan') };
        const exported = await exportObjects(from, {
          objects: [`person.${String(person)}`],
          output: archive,
          policy,
          shared: kept,
          force: true,
        });
        const before = await contents(target);
        const dry = await importObjects(to, { ...options, dryRun: true });
        expect(await contents(target), 'after the dry run').to.deep.equal(before);
        const real = await importObjects(to, options);
        expect(told(dry), 'the dry run').to.deep.equal(told(real));
        const after = await contents(target);
        if (real.status === 'refused') {
          expect(real.conflicts).to.not.deep.equal([]);
          expect(after).to.deep.equal(before);
          return;
        }
        compare(before, after, await contents(source), real);
        if (Object.keys(real.plan.skip).length === 0)
          expect(sum(real.links.insert) + sum(real.links.same)).to.equal(sum(exported.links));
        const again = await importObjects(to, options);
        expect(again.status).to.equal('done');
        expect({ ...again.plan, same: {}, skip: real.plan.skip }, 'the second run').to.deep.equal({
          ...nothing,
          skip: again.plan.skip,
        });
        expect(again.links.insert).to.deep.equal({});
        expect(await contents(target)).to.deep.equal(after);
      }),
      { numRuns: runs, endOnFailure: false },
    );
  });

  /** Inserted, updated and equal rows are as in the archive, under skip but for their references; all others are as they were. */
  function compare(before: Contents, after: Contents, origin: Contents, { plan, links }: ImportResult): void {
    const decided = new Map(
      readFileSync(join(folder, 'plan'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { object?: string; decision?: string })
        .flatMap(({ object = '', decision }) =>
          decision === undefined ? [] : [[object.replace('public.', ''), decision] as const],
        ),
    );
    const isWritten = (name: string): boolean => ['insert', 'update'].includes(decided.get(name) ?? '');
    const redirected = Object.keys(plan.skip).length > 0;
    for (const [name, decision] of decided) {
      if (decision === 'skip') expect(after.get(name), name).to.equal(before.get(name));
      else expect(withoutReferences(after.get(name), redirected), name).to.equal(withoutReferences(origin.get(name), redirected));
    }
    for (const [name, row] of before) if (!isWritten(name) && !name.includes('_seq')) expect(after.get(name), name).to.equal(row);
    const added = [...after.keys()].filter((name) => !before.has(name) && !isWritten(name));
    expect(added, 'links').to.have.length(sum(links.insert));
    expect(added.filter((name) => !name.startsWith('person_tag.'))).to.deep.equal([]);
  }
});

const nothing = { insert: {}, same: {}, update: {}, merge: {}, remap: {}, skip: {}, conflict: {} };

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function told({ plan, links, conflicts, status }: ImportResult): unknown {
  return { plan, links, conflicts, refused: status === 'refused' };
}

function withoutReferences(row: string | undefined, left: boolean): string | undefined {
  return left ? row?.replace(/"(?:team|boss|mate)": \S+/gu, '') : row;
}

async function contents(database: TestDatabase): Promise<Contents> {
  const keys = {
    team: 'id',
    person: 'id',
    tag: 'name',
    person_tag: "person || ',' || tag",
    visit: "'person=' || person || ',day=' || day",
  };
  const rows = collidingNames.map((name) => `SELECT '${name}.' || ${keys[name]} AS key, to_jsonb(t)::text AS row FROM ${name} t`);
  const sequences = ['team_id_seq', 'person_id_seq'].map(
    (name) => `SELECT '${name}', concat(last_value, is_called) FROM ${name}`,
  );
  const found = await database.query(
    `SELECT key COLLATE "C" AS key, row FROM (${[...rows, ...sequences].join(' UNION ALL ')}) t ORDER BY 1`,
  );
  return new Map(found.map(({ key, row }) => [String(key), String(row)]));
}
