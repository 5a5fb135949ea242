import type { DraftReference, DraftTable } from './draft.js';
import { policyColumn } from './policy-tables.js';
import type { Problems } from './problems.js';
import type { Entity } from './schema.js';

/**
 * Columns by which people know a row: what the policy says; else the plain unique constraint that says most: without columns that can
 * be NULL, without references, with few columns. What is withheld is never part of it: it leaves with external objects.
 */
export function naturalKey(
  entity: Entity,
  table: DraftTable,
  references: readonly DraftReference[],
  problems: Problems,
): readonly string[] {
  const isWithheld = (name: string): boolean => entity.columns.find((column) => column.name === name)?.withheld !== undefined;
  const where = `models.${entity.model}.naturalKey`;
  const given = table.policy?.naturalKey?.flatMap((text) => policyColumn(table, where, text, problems) ?? []);
  if (given !== undefined) {
    for (const name of given.filter(isWithheld))
      problems.add('POLICY_INVALID', `${where}: ${name} is withheld, and cannot leave as part of a name`);
    return given;
  }
  const held = new Set(references.filter((edge) => edge.child === table).flatMap((edge) => edge.columns));
  const isNullable = (name: string): boolean => entity.columns.find((column) => column.name === name)?.nullable === true;
  const cost = (columns: readonly string[]): number =>
    Number(columns.some(isNullable)) * 1000 + Number(columns.every((name) => held.has(name))) * 100 + columns.length;
  const candidates = entity.uniques
    .filter(
      (one) =>
        one.predicate === undefined &&
        one.columns.length > 0 &&
        !isKey(entity, one.columns) &&
        !one.columns.some(isWithheld) &&
        // A reference that most rows need not have names nobody.
        !(one.columns.every((name) => held.has(name)) && one.columns.some(isNullable)),
    )
    .map((one) => one.columns);
  return candidates.sort((a, b) => cost(a) - cost(b))[0] ?? [];
}

function isKey(entity: Entity, columns: readonly string[]): boolean {
  return columns.length === entity.key.length && columns.every((name) => entity.key.includes(name));
}
