import type { ModelPolicy } from '../policy/policy.js';

export interface NamedTable {
  readonly schema: string;
  readonly table: string;
  /** The entity's name, or undefined where no entity maps the table. */
  readonly model: string | undefined;
}

/** What people call the table: `app` and `name`; `model` is both, in lower case. */
export interface ModelName {
  readonly app: string;
  readonly name: string;
  readonly model: string;
}

/**
 * `app` is what the policy says; else `P` where the table is called `P_` + the model's name (case and `_` ignored); else the
 * database schema. Where two tables come to the same name, both take their schema, then their table's name, then a number.
 * A dot separates in names of objects: in names it becomes `_`.
 */
export function nameTables(
  tables: readonly NamedTable[],
  policyOf: (at: number) => ModelPolicy | undefined,
): readonly ModelName[] {
  let names = tables.map((table, at) => {
    const policy = policyOf(at);
    return named(policy?.app ?? prefixOf(table.table, table.model) ?? table.schema, policy?.name ?? table.model ?? table.table);
  });
  const schemaOf = (at: number): string => tables[at]?.schema ?? '';
  names = changeTwins(names, (name, at) => (policyOf(at)?.app === undefined ? named(schemaOf(at), name.name) : name));
  names = changeTwins(names, (_, at) => named(schemaOf(at), tables[at]?.table ?? ''));
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free.model); number += 1) free = named(name.app, `${name.name}_${String(number)}`);
    taken.add(free.model);
    return free;
  });
}

function named(app: string, name: string): ModelName {
  const plain = (text: string): string => text.replace(/[.[\]]/gu, '_');
  return { app: plain(app), name: plain(name), model: `${plain(app)}.${plain(name)}`.toLowerCase() };
}

function changeTwins(names: readonly ModelName[], change: (name: ModelName, at: number) => ModelName): ModelName[] {
  const counts = new Map<string, number>();
  for (const { model } of names) counts.set(model, (counts.get(model) ?? 0) + 1);
  return names.map((name, at) => ((counts.get(name.model) ?? 0) > 1 ? change(name, at) : name));
}

function prefixOf(table: string, model: string | undefined): string | undefined {
  if (model === undefined) return undefined;
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  for (let at = table.indexOf('_'); at > 0; at = table.indexOf('_', at + 1)) {
    if (plain(table.slice(at + 1)) === plain(model)) return table.slice(0, at);
  }
  return undefined;
}
