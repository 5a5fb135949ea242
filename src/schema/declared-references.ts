import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import type { DraftReference, DraftTable } from './draft.js';
import { edgeId } from './draft-references.js';
import type { TableKey } from './metadata.js';
import { policyTables, tableNames } from './policy-tables.js';

/** References that only the policy knows: polymorphic ones, and those between entities that TypeORM keeps apart. */
export function declaredReferences(
  tables: ReadonlyMap<TableKey, DraftTable>,
  policy: ParsedPolicy,
  known: readonly DraftReference[],
): readonly DraftReference[] {
  const all = [...tables.values()];
  const problems: string[] = [];
  const declared: DraftReference[] = [];
  const ids = new Set(known.map(edgeId));
  for (const { from, to, when } of policy.references ?? []) {
    const child = endOf(all, from, problems);
    const parent = endOf(all, to, problems);
    if (child === undefined || parent === undefined) continue;
    const parentColumns = parent.columns.length === 0 ? parent.table.identity : parent.columns;
    if (child.columns.length === 0 || child.columns.length !== parentColumns.length) {
      problems.push(`references: "${from}" names ${String(child.columns.length)} columns, "${to}" has ${String(parentColumns.length)}`);
      continue;
    }
    const discriminator = when === undefined ? undefined : columnOf(child.table, when.column);
    if (when !== undefined && discriminator === undefined) {
      problems.push(`references: ${child.table.name.model} has no column "${when.column}"`);
      continue;
    }
    const edge: DraftReference = {
      child: child.table,
      columns: child.columns,
      parent: parent.table,
      parentColumns,
      property: undefined,
      source: 'declared',
      constraint: undefined,
      when: when === undefined || discriminator === undefined ? undefined : { column: discriminator, value: when.value },
    };
    if (!ids.has(edgeId(edge))) declared.push(edge);
  }
  if (problems.length > 0) throw new UsageError('POLICY_INVALID', `the policy is not valid:\n${problems.map((one) => `- ${one}`).join('\n')}`);
  return declared;
}

/** `Model`, `app.Model`, `Model.field`, `app.Model.field,field`. */
function endOf(
  tables: readonly DraftTable[],
  text: string,
  problems: string[],
): { readonly table: DraftTable; readonly columns: readonly string[] } | undefined {
  const [whole] = policyTables(tables, text);
  if (whole !== undefined) return { table: whole, columns: [] };
  const dot = text.lastIndexOf('.');
  const [table] = dot < 0 ? [] : policyTables(tables, text.slice(0, dot));
  if (table === undefined) {
    problems.push(`references: there is no model "${text}". ${didYouMean(text, tables.flatMap(tableNames)) ?? ''}`.trimEnd());
    return undefined;
  }
  const columns: string[] = [];
  for (const name of text.slice(dot + 1).split(',')) {
    const column = columnOf(table, name);
    if (column === undefined) {
      const names = table.columns.map((one) => one.name);
      problems.push(`references: ${table.name.model} has no column "${name}". ${didYouMean(name, names) ?? ''}`.trimEnd());
      return undefined;
    }
    columns.push(column);
  }
  return { table, columns };
}

function columnOf(table: DraftTable, text: string): string | undefined {
  const byProperty = table.metadata?.columns.find((column) => column.property === text)?.name;
  return byProperty ?? table.columns.find((column) => column.name === text)?.name;
}
