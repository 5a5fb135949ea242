import type { ModelPolicy } from '../policy/policy.js';

export interface NamedTable {
  readonly schema: string;
  readonly table: string;
  /** The entity's name, or undefined where no entity maps the table. */
  readonly model: string | undefined;
  /** Names of further entities that share it. */
  readonly aliases: readonly string[];
}

/** What people call the table: `app` and `name`; `model` is both, in lower case. */
export interface ModelName {
  readonly app: string;
  readonly name: string;
  readonly model: string;
}

/**
 * `app` is what the policy says; else `P` where the table is called `P_` + the model's name (case and `_` ignored); else the
 * database schema. Where two tables come to the same name, both take their schema, then their table's name, then a number; a table
 * that no entity maps never changes or takes the name of one that an entity maps. A dot separates in names of objects: in names it becomes `_`.
 */
export function nameTables(
  tables: readonly NamedTable[],
  policyOf: (at: number) => ModelPolicy | undefined,
): readonly ModelName[] {
  const names = new Map<number, ModelName>();
  const taken = new Set<string>();
  for (const isMapped of [true, false]) {
    const all = [...tables.entries()].flatMap(([at, table]) => ((table.model !== undefined) === isMapped ? [{ at, table }] : []));
    for (const [at, name] of distinct(all, policyOf, taken)) names.set(at, name);
  }
  return tables.flatMap((_, at) => names.get(at) ?? []);
}

/** Names that are neither taken nor given twice; they are taken then. */
function distinct(
  tables: readonly { readonly at: number; readonly table: NamedTable }[],
  policyOf: (at: number) => ModelPolicy | undefined,
  taken: Set<string>,
): readonly (readonly [at: number, name: ModelName])[] {
  let names = tables.map(({ at, table }) => {
    const policy = policyOf(at);
    return named(policy?.app ?? prefixOf(table.table, table.model) ?? table.schema, policy?.name ?? table.model ?? table.table);
  });
  const one = (place: number): (typeof tables)[number] => tables[place] as (typeof tables)[number];
  names = changeTwins(names, taken, (name, place) =>
    policyOf(one(place).at)?.app === undefined ? named(one(place).table.schema, name.name) : name,
  );
  names = changeTwins(names, taken, (_, place) => named(one(place).table.schema, one(place).table.table));
  return names.map((name, place) => {
    let free = name;
    for (let number = 2; taken.has(free.model); number += 1) free = named(name.app, `${name.name}_${String(number)}`);
    taken.add(free.model);
    return [one(place).at, free];
  });
}

function named(app: string, name: string): ModelName {
  const plain = (text: string): string => text.replace(/[.[\]]/gu, '_');
  return { app: plain(app), name: plain(name), model: `${plain(app)}.${plain(name)}`.toLowerCase() };
}

function changeTwins(
  names: readonly ModelName[],
  taken: ReadonlySet<string>,
  change: (name: ModelName, place: number) => ModelName,
): ModelName[] {
  const counts = new Map<string, number>();
  for (const { model } of names) counts.set(model, (counts.get(model) ?? 0) + 1);
  return names.map((name, place) => ((counts.get(name.model) ?? 0) > 1 || taken.has(name.model) ? change(name, place) : name));
}

function prefixOf(table: string, model: string | undefined): string | undefined {
  if (model === undefined) return undefined;
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  for (let at = table.indexOf('_'); at > 0; at = table.indexOf('_', at + 1)) {
    if (plain(table.slice(at + 1)) === plain(model)) return table.slice(0, at);
  }
  return undefined;
}
