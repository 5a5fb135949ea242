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
 * database schema. Where two tables come to the same name, both take their schema, and then their table's name.
 */
export function nameTables(tables: readonly NamedTable[], policyOf: (table: NamedTable) => ModelPolicy | undefined): readonly ModelName[] {
  const first = tables.map((table) => {
    const policy = policyOf(table);
    const name = policy?.name ?? table.model ?? table.table;
    return named(policy?.app ?? prefixOf(table.table, table.model) ?? table.schema, name);
  });
  const second = first.map((name, at) => (isTwice(first, name) ? named(tables[at]?.schema ?? '', name.name) : name));
  return second.map((name, at) => (isTwice(second, name) ? named(tables[at]?.schema ?? '', tables[at]?.table ?? '') : name));
}

function named(app: string, name: string): ModelName {
  return { app, name, model: `${app}.${name}`.toLowerCase() };
}

function isTwice(names: readonly ModelName[], name: ModelName): boolean {
  return names.filter((other) => other.model === name.model).length > 1;
}

function prefixOf(table: string, model: string | undefined): string | undefined {
  if (model === undefined) return undefined;
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  for (let at = table.indexOf('_'); at > 0; at = table.indexOf('_', at + 1)) {
    if (plain(table.slice(at + 1)) === plain(model)) return table.slice(0, at);
  }
  return undefined;
}
