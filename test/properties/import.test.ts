import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ImportResult } from '../../src/index.js';
import { exportObjects, importObjects, undoJournal } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { rowsOf } from '../support/journey.js';
import { twoDatabases } from '../support/two-databases.js';
import { collidingNames, collidingRows, collidingTables } from './random-rows.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 60);
const policy = { models: { team: {}, person: {}, tag: {}, visit: {} }, joinTables: ['person_tag'] };

/** Every row of every table as text, by table and key; and where each sequence stands. */
type Contents = ReadonlyMap<string, string>;

describe('random rows in the way of an import', () => {
  const world = twoDatabases(collidingTables);

  it(`are untouched, the dry run says what the real one does, and all of it can be taken back (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const strategy = fc.constantFrom('fail', 'skip', 'override', 'override', 'remap', 'all' as const);
    const shared = fc.constantFrom('full', 'full', 'key' as const);
    await fc.assert(
      fc.asyncProperty(collidingRows, collidingRows, strategy, shared, fc.nat(), async (mine, theirs, chosen, kept, seed) => {
        const { source, target, from, to, file } = world;
        await source.query(mine);
        await target.query(theirs);
        const people = await source.query('SELECT id FROM person ORDER BY id');
        const person = people[seed % Math.max(people.length, 1)]?.['id'] as number | undefined;
        if (person === undefined) return;
        const [archive, journal, idMap] = [file('archive.json'), file('journal'), file('map')];
        const isRemapped = chosen === 'remap' || chosen === 'all';
        const asked = chosen === 'all' ? ({ remap: 'all' } as const) : { onConflict: chosen };
        const options = { archive, policy, plan: file('plan'), ...asked };
        const exported = await exportObjects(from, {
          objects: [`person.${String(person)}`],
          output: archive,
          policy,
          shared: kept,
          force: true,
        });
        const before = await contents(target);
        const bytes = await rowsOf(target, collidingNames);
        const dry = await importObjects(to, { ...options, dryRun: true });
        expect(await contents(target), 'after the dry run').to.deep.equal(before);
        const real = await importObjects(to, { ...options, journal, idMap });
        expect(told(dry), 'the dry run').to.deep.equal(told(real));
        const after = await contents(target);
        if (real.status === 'refused') {
          expect(real.conflicts).to.not.deep.equal([]);
          expect(after).to.deep.equal(before);
          return;
        }
        if (!isRemapped) compare(before, after, await contents(source), real);
        if (Object.keys(real.plan.skip).length === 0)
          expect(sum(real.links.insert) + sum(real.links.same)).to.equal(sum(exported.links));
        const again = await importObjects(to, { ...options, ...(isRemapped ? { withIdMap: [idMap] } : {}) });
        expect(again.status).to.equal('done');
        const { insert, update, remap, skip, conflict, merge } = again.plan;
        expect([insert, update, remap, conflict, skip], 'the second run').to.deep.equal([{}, {}, {}, {}, real.plan.skip]);
        if (!isRemapped) expect(merge).to.deep.equal({});
        expect(again.links.insert).to.deep.equal({});
        expect(await contents(target)).to.deep.equal(after);
        const undone = await undoJournal(to, { journal, policy });
        expect([undone.status, undone.conflicts], 'taken back').to.deep.equal(['done', []]);
        expect(await rowsOf(target, collidingNames), 'what was taken back').to.deep.equal(bytes);
        const twice = await undoJournal(to, { journal, policy });
        const isEmpty = Object.values(undone.plan).every((counts) => Object.keys(counts).length === 0);
        expect(twice.status, 'taken back a second time').to.equal(isEmpty ? 'done' : 'refused');
      }),
      { numRuns: runs, endOnFailure: false },
    );
  });

  /** Inserted, updated and equal rows are as in the archive, under skip but for their references; all others are as they were. */
  function compare(before: Contents, after: Contents, origin: Contents, { plan, links }: ImportResult): void {
    const decided = new Map(
      readFileSync(world.file('plan'), 'utf8')
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
