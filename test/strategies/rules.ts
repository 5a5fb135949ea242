import fc from 'fast-check';
import type { ConflictStrategy } from '../../src/index.js';
import type { ModelRules, Rules } from './terms.js';
import { worldModels } from './world.js';

export const plainRules: Rules = { onConflict: 'fail', remap: 'conflicts', offset: undefined, models: {} };

export const anyStrategy = fc.constantFrom<ConflictStrategy>('fail', 'skip', 'override', 'remap');

export const anyRemap = fc.constantFrom<Rules['remap']>('conflicts', 'conflicts', 'all');

export const anyOffset = fc.constantFrom(undefined, undefined, 1000, 2);

/** By what rows can be known: also by what no constraint keeps apart, and by references. */
const naturalKeys: Readonly<Record<string, readonly (readonly string[])[]>> = {
  team: [['name'], ['colour']],
  person: [['email'], ['team', 'name'], ['name']],
  tag: [['label']],
  visit: [['place']],
  stay: [['person', 'day']],
  mail: [['email', 'text']],
};

/** For each table, perhaps, what `more` says of it. */
function byTable(tables: readonly string[], more: (table: string) => fc.Arbitrary<ModelRules>): fc.Arbitrary<Rules['models']> {
  return fc
    .tuple(...tables.map((table) => fc.option(more(table), { nil: undefined, freq: 1 })))
    .map((all) =>
      Object.fromEntries(all.flatMap((rules, at) => (rules === undefined ? [] : [[tables[at] ?? '', rules] as const]))),
    );
}

const anyName = (table: string): fc.Arbitrary<readonly string[]> => fc.constantFrom(...(naturalKeys[table] ?? []));

/** Natural keys that only prove rows to be the same. */
export const anyNames = byTable(Object.keys(naturalKeys), (table) => fc.record({ naturalKey: anyName(table) }));

/** Natural keys by which objects are merged. */
export const anyMerges = byTable(Object.keys(naturalKeys), (table) =>
  fc.record({ naturalKey: anyName(table), merge: fc.constantFrom('keep', 'take', 'fill') }),
);

/** A strategy of its own for some models. */
export const anyStrategies = byTable(worldModels, () => fc.record({ onConflict: anyStrategy }));

/** What becomes of objects that stayed at home; none is known by a reference. */
export const anyMissing = byTable(['team', 'person'], (table) =>
  fc.record(
    {
      missing: fc.constantFrom('refuse', 'null', 'placeholder', 'placeholder'),
      naturalKey: fc.constant(naturalKeys[table]?.[0] ?? []),
      fill: fc.constantFrom<Readonly<Record<string, string>>>({}, table === 'team' ? { colour: 'b' } : {}),
    },
    { requiredKeys: ['missing'] },
  ),
);

/** What several say of the same tables. */
export function together(...all: readonly Rules['models'][]): Rules['models'] {
  const tables = new Set(all.flatMap((one) => Object.keys(one)));
  return Object.fromEntries(
    [...tables].map((table) => [table, Object.assign({}, ...all.map((one) => one[table])) as ModelRules]),
  );
}
