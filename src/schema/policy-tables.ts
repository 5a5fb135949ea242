import { didYouMean } from '../errors/nearest-names.js';
import type { DraftTable } from './draft.js';
import type { Problems } from './problems.js';

/** Tables that a name in the policy means: model, `app.Model`, `schema.table` or table; exactly, then without case. */
export function policyTables(tables: readonly DraftTable[], text: string): readonly DraftTable[] {
  for (const fold of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const found = tables.filter((table) => tableNames(table).some((name) => fold(name) === fold(text)));
    if (found.length > 0) return found;
  }
  return [];
}

/** The one table that a name means; what stands in the way is a problem. */
export function policyTable(
  tables: readonly DraftTable[],
  where: string,
  text: string,
  problems: Problems,
): DraftTable | undefined {
  const found = policyTables(tables, text);
  const [only] = found;
  if (found.length > 1) {
    const names = found.map((table) => `${table.name.app}.${table.name.name}`).join(' or ');
    problems.add('MODEL_AMBIGUOUS', `${where}: "${text}" can mean ${names}`, 'Write the app too.');
    return undefined;
  }
  if (only === undefined)
    problems.add('UNKNOWN_MODEL', `${where}: there is no model "${text}"`, didYouMean(text, tables.flatMap(tableNames)));
  return only;
}

/** The column that a name in the policy means: by property, then by name. */
export function policyColumn(table: DraftTable, where: string, text: string, problems: Problems): string | undefined {
  const properties = (table.metadata?.columns ?? []).filter((column) => table.columns.some((one) => one.name === column.name));
  const relation = table.metadata?.references.find((one) => one.property === text && one.columns.length === 1)?.columns[0];
  const found =
    properties.find((column) => column.property === text)?.name ??
    table.columns.find((column) => column.name === text)?.name ??
    relation;
  if (found !== undefined) return found;
  const names = [...table.columns.map((column) => column.name), ...properties.flatMap((column) => column.property ?? [])];
  problems.add(
    'UNKNOWN_COLUMN',
    `${where}: ${table.name.app}.${table.name.name} has no column "${text}"`,
    didYouMean(text, names),
  );
  return undefined;
}

function tableNames(table: DraftTable): readonly string[] {
  const { app, name } = table.name;
  return [`${app}.${name}`, name, table.table.name, `${table.table.schema}.${table.table.name}`, ...table.aliases];
}
