import type { DraftTable } from './draft.js';

/** Tables that a name in the policy means: model, `app.Model`, `schema.table` or table; exactly, then without case. */
export function policyTables(tables: readonly DraftTable[], text: string): readonly DraftTable[] {
  for (const fold of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const found = tables.filter((table) => tableNames(table).some((name) => fold(name) === fold(text)));
    if (found.length > 0) return found;
  }
  return [];
}

export function tableNames(table: DraftTable): readonly string[] {
  const { app, name } = table.name;
  return [`${app}.${name}`, name, table.table.name, `${table.table.schema}.${table.table.name}`];
}
