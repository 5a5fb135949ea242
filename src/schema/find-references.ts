import type { DraftReference, DraftTable } from './draft.js';
import { splitsOf } from './find-by-name.js';
import { policyTables } from './policy-tables.js';

/** References by the names that they have in findings and in `explain`. */
export type ReferenceNames = ReadonlyMap<DraftReference, string>;

/** References that a name in the policy means: a whole name, or any name of the child's table and then the relation or its columns. */
export function findReferences(tables: readonly DraftTable[], names: ReferenceNames, text: string): readonly DraftReference[] {
  const wanted = text.toLowerCase();
  const whole = [...names].filter(([, name]) => name.toLowerCase() === wanted);
  if (whole.length > 0) return whole.map(([edge]) => edge);
  for (const [owner, member] of splitsOf(text)) {
    const children = new Set(policyTables(tables, owner));
    const own = [...names].filter(([edge]) => children.has(edge.child));
    for (const namesOf of [relationNames, columnNames]) {
      const found = own.filter(([edge, name]) => namesOf(edge, name).some((one) => one.toLowerCase() === member.toLowerCase()));
      if (found.length > 0) return found.map(([edge]) => edge);
    }
  }
  return [];
}

/** What to write for a reference, for hints: with the app and without. */
export function referenceHints(names: ReferenceNames): readonly string[] {
  return [...names].flatMap(([edge, name]) => [name, `${edge.child.name.name}.${afterModel(edge, name)}`]);
}

function relationNames(edge: DraftReference, name: string): readonly string[] {
  return [afterModel(edge, name)];
}

function columnNames(edge: DraftReference): readonly string[] {
  const properties = edge.columns.map(
    (column) => edge.child.metadata?.columns.find((one) => one.name === column && one.property !== undefined)?.property ?? column,
  );
  return ['+', ','].flatMap((between) => [edge.columns.join(between), properties.join(between)]);
}

function afterModel(edge: DraftReference, name: string): string {
  return name.slice(edge.child.name.model.length + 1);
}
