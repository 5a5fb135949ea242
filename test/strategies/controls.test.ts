import { AssertionError, expect } from 'chai';
import type { MergeRule, MissingRule } from '../../src/index.js';
import { importObjects } from '../../src/index.js';
import { twoDatabases } from '../support/two-databases.js';
import type { Asked } from './agree.js';
import { compare, drawnKeys, exportWorld, optionsOf, policyOf, predict, snapshot } from './agree.js';
import type { ReadArchive } from './read-archive.js';
import { readArchive } from './read-archive.js';
import { plainRules } from './rules.js';
import type { Rules, Tables } from './terms.js';
import type { Contents } from './world.js';
import { filled, worldTables } from './world.js';

const mine = filled(
  "INSERT INTO team VALUES (1, 'a', 'red', NULL)",
  "INSERT INTO person VALUES (1, 'a', 'x', 1, NULL), (2, 'b', 'y', 1, 1)",
  "INSERT INTO tag VALUES (1, 'a')",
  'INSERT INTO person_tag VALUES (1, 1), (2, 1)',
  "INSERT INTO visit VALUES (1, 1, 'here')",
  'INSERT INTO stay VALUES (1, 1, 1)',
  "INSERT INTO mail VALUES (1, 'b', 'hello')",
  "INSERT INTO desk VALUES (1, 2, '[1,3)')",
);
const sameKey = { mine, theirs: filled("INSERT INTO team VALUES (1, 'b', 'blue', NULL)", "INSERT INTO tag VALUES (1, 'z')") };
const sameName = {
  mine,
  theirs: filled("INSERT INTO team VALUES (7, 'a', NULL, NULL)", "INSERT INTO person VALUES (9, 'a', 'z', NULL, NULL)"),
};

const merged = (merge: MergeRule): Rules => ({
  ...plainRules,
  models: { team: { naturalKey: ['name'], merge }, person: { naturalKey: ['email'], merge } },
});
const remap = { ...plainRules, onConflict: 'remap' } as const;
const missing = (rule: MissingRule): Rules => ({
  ...plainRules,
  models: { person: { missing: rule }, team: { missing: rule } },
});

const worlds: readonly (readonly [name: string, Contents, Readonly<Record<string, Asked>>])[] = [
  [
    'a row with the same key',
    sameKey,
    {
      fail: plainRules,
      skip: { ...plainRules, onConflict: 'skip' },
      override: { ...plainRules, onConflict: 'override' },
      remap,
      'remap all': { ...remap, remap: 'all' },
      mixed: { ...plainRules, onConflict: 'skip', models: { team: { onConflict: 'override' } } },
    },
  ],
  // Nobody can tell a key that was drawn from another that was free.
  [
    'a row with the same key',
    sameKey,
    { fail: plainRules, skip: { ...plainRules, onConflict: 'skip' }, offset: { ...remap, offset: 1000 } },
  ],
  [
    'rows with the same names',
    sameName,
    {
      fail: plainRules,
      skip: { ...plainRules, onConflict: 'skip' },
      keep: merged('keep'),
      take: merged('take'),
      fill: merged('fill'),
    },
  ],
  [
    'objects that stayed at home',
    { mine, theirs: filled() },
    Object.fromEntries(
      (['refuse', 'null', 'placeholder'] as const).map((rule) => [rule, { ...missing(rule), seed: 1, shared: 'key' }]),
    ),
  ],
];

describe('the check of imports against a model', () => {
  const world = twoDatabases(worldTables);

  for (const [name, held, cases] of worlds) {
    for (const [strategy, asked] of Object.entries(cases)) {
      const others = Object.keys(cases).filter((other) => other !== strategy);
      it(`tells ${strategy} from ${others.join(', ')} beside ${name}, and notices each value that is another`, async () => {
        const { source, target, to, file } = world;
        await source.query(held.mine);
        await target.query(held.theirs);
        await exportWorld(world, file('archive'), asked);
        const read = readArchive(file('archive'));
        const { tables: before } = await snapshot(target);
        const options = { archive: file('archive'), policy: policyOf(asked), idMap: file('map'), ...optionsOf(asked) };
        const { status } = await importObjects(to, options);
        const { tables: after } = await snapshot(target);
        const isAs = (rules: Rules, now: Tables): boolean => agrees(status, now, before, read, rules, file('map'));
        const alike = Object.entries(cases).flatMap(([other, rules]) => (isAs(rules, after) ? [other] : []));
        // What is refused is refused, whatever for.
        expect(alike, status).to.deep.equal([strategy]);
        if (status === 'done') for (const altered of alterations(after)) expect(isAs(asked, altered)).to.equal(false);
      });
    }
  }
});

function agrees(status: string, after: Tables, before: Tables, read: ReadArchive, rules: Rules, map: string): boolean {
  const expected = predict(before, read, rules);
  if (expected === undefined || status !== 'done') return expected === undefined && status === 'refused';
  try {
    compare(after, before, read, expected, drawnKeys(map, expected.all, before));
    return true;
  } catch (error) {
    if (error instanceof AssertionError) return false;
    throw error;
  }
}

/** The same tables with one value that is another, or one row less or more. */
function* alterations(tables: Tables): Generator<Tables> {
  for (const [table, rows] of Object.entries(tables)) {
    for (const [at, row] of rows.entries()) {
      for (const [name, value] of Object.entries(row)) {
        const other = typeof value === 'number' ? value + 100 : `${String(value)}!`;
        yield { ...tables, [table]: rows.with(at, { ...row, [name]: other }) };
        if (value !== null) yield { ...tables, [table]: rows.with(at, { ...row, [name]: null }) };
      }
      yield { ...tables, [table]: rows.filter((one) => one !== row) };
      yield { ...tables, [table]: [...rows, row] };
    }
  }
}
