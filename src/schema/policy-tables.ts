import { didYouMean } from '../errors/nearest-names.js';
import type { DraftTable } from './draft.js';
import type { Nameable } from './find-by-name.js';
import { allNames, findByName } from './find-by-name.js';
import type { Problems } from './problems.js';

/** Tables that a name in the policy means: see {@link findByName}. */
export function policyTables(tables: readonly DraftTable[], text: string): readonly DraftTable[] {
  return findByName(tables, nameable, text);
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
    problems.add(
      'UNKNOWN_MODEL',
      `${where}: there is no model "${text}"`,
      didYouMean(
        text,
        tables.flatMap((table) => allNames(nameable(table))),
      ),
    );
  return only;
}

/** The column that a name in the policy means: by property, name or relation; exactly, then without case. */
export function policyColumn(table: DraftTable, where: string, text: string, problems: Problems): string | undefined {
  const properties = (table.metadata?.columns ?? []).filter((column) => table.columns.some((one) => one.name === column.name));
  const relations = (table.metadata?.references ?? []).filter((one) => one.columns.length === 1);
  for (const fold of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const found =
      properties.find((column) => column.property !== undefined && fold(column.property) === fold(text))?.name ??
      table.columns.find((column) => fold(column.name) === fold(text))?.name ??
      relations.find((one) => one.property !== undefined && fold(one.property) === fold(text))?.columns[0];
    if (found !== undefined) return found;
  }
  const names = [...table.columns.map((column) => column.name), ...properties.flatMap((column) => column.property ?? [])];
  problems.add(
    'UNKNOWN_COLUMN',
    `${where}: ${table.name.app}.${table.name.name} has no column "${text}"`,
    didYouMean(text, names),
  );
  return undefined;
}

function nameable({ name: { app, name }, table, aliases }: DraftTable): Nameable {
  return { app, name, schema: table.schema, table: table.name, aliases };
}
