import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ImportOptions, Policy } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import { worldContents, worldModels, worldNames as tables, worldTables } from '../strategies/world.js';
import { failureOf } from '../support/failure.js';
import { rowsOf } from '../support/journey.js';
import { twoDatabases } from '../support/two-databases.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 20);

const strategy = fc.constantFrom('fail', 'skip', 'skip', 'override', 'override', 'remap', 'remap', 'all');
const merge = fc.constantFrom('keep', 'take', 'fill', undefined);
const policies = fc.record({ team: merge, person: merge }).map(({ team, person }): Policy => {
  const models = {
    ...Object.fromEntries(worldModels.map((table) => [table, {}])),
    ...(team === undefined ? {} : { team: { naturalKey: ['name'], merge: team } }),
    ...(person === undefined ? {} : { person: { naturalKey: ['email'], merge: person } }),
  };
  return { models, joinTables: ['person_tag'] };
});

/** One change of one row of the target: rather of one that was decided about. */
const changes = fc.record({
  decided: fc.constantFrom(true, true, false),
  row: fc.nat(),
  how: fc.constantFrom('update', 'update', 'delete', 'insert'),
});

const textColumns: Readonly<Record<string, string>> = {
  team: 'colour',
  person: 'name',
  tag: 'label',
  visit: 'place',
  mail: 'text',
};

interface Decided {
  readonly from: string;
  readonly to: string;
  readonly decision: string;
}

describe('a plan that is executed later', () => {
  // Nothing is decided about the further table, nor in the archive.
  const world = twoDatabases(worldTables, 'CREATE TABLE elsewhere (id int)');
  const file = (name: string): string => world.file(name);

  async function state(): Promise<unknown> {
    return [
      await rowsOf(world.target, tables),
      await world.target.query('SELECT sequencename, last_value FROM pg_sequences ORDER BY 1'),
    ];
  }

  const decisions = (name: string): readonly string[] => readFileSync(file(name), 'utf8').trimEnd().split('\n').slice(1, -1);

  /** Every row of the target by its name. */
  async function named(): Promise<readonly { readonly name: string; readonly table: string; readonly place: string }[]> {
    const names: Readonly<Record<string, string>> = {
      visit: "'person=' || person || ',day=' || day",
      person_tag: "'person=' || person || ',tag=' || tag",
    };
    const rows = tables.map(
      (table) =>
        `SELECT 'public.${table}.' || ${names[table] ?? 'id'} AS name, '${table}' AS table, ctid::text AS place FROM ${table}`,
    );
    return (await world.target.query(`SELECT * FROM (${rows.join(' UNION ALL ')}) t ORDER BY name`)) as never;
  }

  /** Changes one row of the target; says which it was. */
  async function change(
    { decided, row, how }: { readonly decided: boolean; readonly row: number; readonly how: string },
    concerned: ReadonlySet<string>,
  ): Promise<string | undefined> {
    const all = await named();
    const some = all.filter(({ name }) => concerned.has(name));
    const from = decided && some.length > 0 ? some : all;
    const one = from[row % Math.max(from.length, 1)];
    const column = textColumns[one?.table ?? ''];
    const sql: Readonly<Record<string, string>> = {
      insert:
        ["INSERT INTO team VALUES (4, 'd')", "INSERT INTO person VALUES (4, 'd')", "INSERT INTO tag VALUES (50, 'd')"][row % 3] ??
        '',
      delete: `DELETE FROM ${String(one?.table)} WHERE ctid = '${String(one?.place)}'`,
      update: `UPDATE ${String(one?.table)} SET ${String(column)} = coalesce(${String(column)}, '') || '!' WHERE ctid = '${String(one?.place)}'`,
    };
    // What nobody can change stays as it is.
    return world.target.query(sql[how] ?? '').then(
      () => (how === 'insert' ? '' : one?.name),
      () => undefined,
    );
  }

  it(`does what the import would have done, or refuses because something has changed (${String(runs)} runs)`, async function () {
    this.timeout(runs * 8000);
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worldContents, strategy, policies, changes, async ({ mine, theirs }, chosen, policy, edit) => {
        const { source, target, from, to } = world;
        await source.query(mine);
        await target.query(theirs);
        const names = await source.query("SELECT 'person.' || id AS name FROM person UNION ALL SELECT 'team.' || id FROM team");
        if (names.length === 0) return;
        const archive = file('archive.json');
        await exportObjects(from, { objects: names.map((one) => String(one['name'])), output: archive, policy, force: true });
        const asked: Partial<ImportOptions> = chosen === 'all' ? { remap: 'all' } : { onConflict: chosen };
        const options = { archive, policy, ...asked };
        const restore = async (): Promise<void> => {
          await target.query(theirs);
          await target.query('TRUNCATE elsewhere');
        };

        const dry = await importObjects(to, { ...options, dryRun: true, plan: file('plan') });
        const before = await state();
        const apply = { archive, policy, applyPlan: file('plan') };
        if (dry.status === 'refused') {
          // What only the database finds, when rows are written, stands in no plan.
          const isPlanned = Object.keys(dry.plan.conflict).length > 0;
          if (isPlanned) expect(await failureOf(importObjects(to, apply))).to.include({ code: 'PLAN_CONFLICTS', exitCode: 3 });
          else expect((await importObjects(to, apply)).status).to.equal('refused');
          expect(await state()).to.deep.equal(before);
          met.add('conflicts');
          return;
        }
        const direct = await importObjects(to, { ...options, idMap: file('map') });
        const imported = await state();
        await restore();
        expect(await state(), 'what was restored').to.deep.equal(before);
        await target.query('INSERT INTO elsewhere VALUES (1)');
        const applied = await importObjects(to, apply);
        expect([applied.status, applied.plan, applied.links]).to.deep.equal(['done', direct.plan, direct.links]);
        expect(await state(), 'what was applied').to.deep.equal(imported);
        for (const [decision, counts] of Object.entries(applied.plan)) if (Object.keys(counts).length > 0) met.add(decision);

        await restore();
        const map = readFileSync(file('map'), 'utf8').trimEnd().split('\n');
        const lines = map.flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Decided]));
        // Rows that objects are, and those that have the key of one that gets another; the key of a visit only follows its person's.
        const isTaken = ({ from: own, decision }: Decided): boolean =>
          decision === 'remap' && chosen !== 'all' && !own.startsWith('public.visit.');
        const concerned = new Set(lines.flatMap((line) => [line.to, ...(isTaken(line) ? [line.from] : [])]));
        const changed = await change(edit, concerned);
        if (changed === undefined) return;
        const now = await state();
        const anew = await importObjects(to, { ...options, dryRun: true, plan: file('anew') });
        const isSame = JSON.stringify(decisions('anew')) === JSON.stringify(decisions('plan'));
        const decidedAbout = concerned.has(changed);
        if (decidedAbout) expect(isSame, `${changed} was decided about`).to.equal(false);
        if (!isSame) {
          const error = await failureOf(importObjects(to, apply));
          expect(error).to.include({ code: 'PLAN_STALE', exitCode: 3 });
          expect(await state(), 'after it was refused').to.deep.equal(now);
          met.add('stale');
          return;
        }
        met.add('elsewhere');
        expect(anew.status).to.equal('planned');
        expect((await importObjects(to, apply)).status).to.equal('done');
        const after = await state();
        await restore();
        await change(edit, concerned);
        await importObjects(to, options);
        expect(await state(), 'beside a change that does not concern it').to.deep.equal(after);
      }),
      { numRuns: runs, endOnFailure: false },
    );
    expect([...met]).to.include('insert');
    if (runs >= 100)
      expect([...met]).to.include.members(['same', 'stale', 'conflicts', 'update', 'skip', 'remap', 'merge', 'elsewhere']);
  });
});
