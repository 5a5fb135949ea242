import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import type { Policy } from '../../src/index.js';
import { deleteObjects, exportObjects, importObjects, undoJournal } from '../../src/index.js';
import type { GraphRow } from '../delete/graph-tables.js';
import { certainGraph, graphChanges, graphOf, graphPolicy, graphRows, graphRules, graphTables } from '../delete/graph-tables.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureIfAny } from '../import/library-move.js';
import type { PlannedLine } from './expected-undo.js';
import { conflictHolds, expectedUndo, without, withTexts } from './expected-undo.js';

type Graph = ReadonlyMap<string, GraphRow>;

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 15);

const other = "UPDATE a SET note = 'other'";

/** Where something stands against it already, nothing else is tried. */
const seldom = fc.oneof({ weight: 3, arbitrary: fc.constant('SELECT') }, { weight: 2, arbitrary: graphChanges });

describe('what an undo of random graphs plans', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-undo-'));
    database = await createDatabase({ sql: graphTables });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string): string => join(folder, name);
  const graph = async (): Promise<Graph> => withTexts(await graphOf(database));
  const decided = (name: string): readonly string[] => readFileSync(file(name), 'utf8').trimEnd().split('\n').slice(1, -1);

  /** Plans, changes, holds the plan against that, and takes back: each as the plan says. Returns what was met. */
  async function agree(policy: Policy, journal: string, changes: readonly [string, string], byPlan: boolean): Promise<string[]> {
    const left = await graph();
    await database.query(changes[0]);
    const before = await graph();
    const planned = await undoJournal(dataSource, { journal, policy, dryRun: true, plan: file('plan'), verbose: true });
    expect(Object.fromEntries(await graph()), 'after the dry run').to.deep.equal(Object.fromEntries(before));
    const lines = decided('plan').map((line) => JSON.parse(line) as PlannedLine);
    const conflicts = lines.filter(({ decision }) => decision === 'conflict');
    for (const line of conflicts) expect(conflictHolds(line, lines, left, before), JSON.stringify(line)).to.equal(true);
    expect([planned.status, planned.conflictCount]).to.deep.equal([
      conflicts.length === 0 ? 'planned' : 'refused',
      conflicts.length,
    ]);
    const met = lines.map(({ decision, reason }) => reason ?? decision);
    if (conflicts.length > 0) {
      expect(await failureIfAny(undoJournal(dataSource, { journal, policy, applyPlan: file('plan') }))).to.include({
        code: 'PLAN_CONFLICTS',
      });
      const { status, conflicts: told } = await undoJournal(dataSource, { journal, policy });
      expect([status, told]).to.deep.equal(['refused', conflicts.map((line) => without(line, 'decision'))]);
      expect(Object.fromEntries(await graph())).to.deep.equal(Object.fromEntries(before));
      return met;
    }
    const expected = expectedUndo(lines, before);
    await database.query(changes[1]);
    const changed = Object.fromEntries(await graph());
    await undoJournal(dataSource, { journal, policy, dryRun: true, plan: file('anew'), verbose: true });
    const isSame = decided('plan').join() === decided('anew').join();
    const applied = { journal, policy, ...(byPlan ? { applyPlan: file('plan') } : {}) };
    if (!isSame) {
      const stale = await failureIfAny(undoJournal(dataSource, { journal, policy, applyPlan: file('plan') }));
      expect(stale).to.include({ code: 'PLAN_STALE' });
      expect(Object.fromEntries(await graph())).to.deep.equal(changed);
      return [...met, 'stale'];
    }
    const isUntouched = JSON.stringify(changed) === JSON.stringify(Object.fromEntries(before));
    const { plan } = await undoJournal(dataSource, applied);
    expect(plan, 'the dry run').to.deep.equal(planned.plan);
    if (isUntouched) expect(Object.fromEntries(await graph())).to.deep.equal(Object.fromEntries(expected));
    else
      expect(Object.fromEntries(expectedUndo(lines, new Map(Object.entries(changed))))).to.deep.equal(
        Object.fromEntries(await graph()),
      );
    return [...met, 'taken back'];
  }

  it(`is what it then does, and nothing else; what was changed since is refused (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        ...[graphRows, graphRules, fc.nat()],
        fc.tuple(graphChanges, seldom, graphChanges),
        fc.tuple(fc.boolean(), fc.boolean()),
        async (rows, rules, pick, [first, second, third], [isImport, byPlan]) => {
          await database.query(rows);
          const people = await database.query('SELECT id FROM a ORDER BY id');
          const person = String(people[pick % people.length]?.['id']);
          const [archive, journal, policy] = [file('archive.json'), file('journal'), graphPolicy(rules)];
          await exportObjects(dataSource, { objects: [`a.${person}`], output: archive, policy, force: true });
          if (isImport) {
            await deleteObjects(dataSource, { archive, policy });
            await database.query(first);
            await importObjects(dataSource, { archive, policy, onConflict: 'override', journal });
          } else await deleteObjects(dataSource, { archive, policy, journal });
          for (const one of await agree(policy, journal, [second, third], byPlan)) met.add(one);
        },
      ),
      {
        ...{ numRuns: runs, endOnFailure: false },
        examples: [true, false].flatMap((isImport) =>
          [
            ['SELECT', 'SELECT'],
            ['SELECT', other],
            [other, 'SELECT'],
          ].map((changes) => [
            ...[certainGraph[0], certainGraph[2], 0],
            ...[
              ['SELECT', ...changes],
              [isImport, true],
            ],
          ]),
        ) as never,
      },
    );
    expect([...met]).to.include.members(['delete', 'update', 'insert', 'taken back', 'stale', 'changed']);
    if (runs >= 1000) expect([...met]).to.include.members(['gone', 'exists', 'referenced']);
  });

  it('is noticed by the model of it where a row, a value or a decision is another', () => {
    const before = withTexts(new Map([['a.1', { id: 1, note: 'x' }]]));
    const line: PlannedLine = {
      object: 'public.a.1',
      decision: 'update',
      columns: ['note'],
      before: { note: 'x' },
      after: { note: 'y' },
    };
    expect([...expectedUndo([line], before)]).to.deep.equal([['a.1', { id: '1', note: 'y' }]]);
    expect(() => expectedUndo([{ ...line, before: { note: 'z' } }], before)).to.throw();
    expect(() => expectedUndo([{ ...line, object: 'public.a.2' }], before)).to.throw();
    expect(() => expectedUndo([{ object: 'public.a.1', decision: 'insert', after: { id: 1 } }], before)).to.throw();
    const conflict: PlannedLine = { object: 'public.a.1', decision: 'conflict', reason: 'changed' };
    expect(conflictHolds(conflict, [conflict], before, before)).to.equal(false);
    expect(conflictHolds({ ...conflict, reason: 'gone' }, [], before, before)).to.equal(false);
    expect(conflictHolds({ ...conflict, reason: 'referenced', by: 'public.b.1' }, [], before, before)).to.equal(false);
  });
});
