import type { DraftReference, DraftTable } from './draft.js';
import { splitsOf } from './find-by-name.js';
import { policyTables } from './policy-tables.js';

/** References by the names that they have in findings and in `explain`. */
export type ReferenceNames = ReadonlyMap<DraftReference, string>;

/**
 * References that a name in the policy means: a whole name, or any name of the child's table and then the relation or
 * its columns, or of the parent's table and then the relation that shows the children. */
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
  return fromParent(tables, names, text);
}

/** By the relation of its parent that shows the children: `Order.lines` for `OrderLine.order`. */
function fromParent(tables: readonly DraftTable[], names: ReferenceNames, text: string): readonly DraftReference[] {
  for (const [owner, member] of splitsOf(text)) {
    const parents = new Set(policyTables(tables, owner));
    const found = [...names.keys()].filter(({ parent, child, columns }) =>
      (parents.has(parent) ? (parent.metadata?.children ?? []) : []).some(
        (one) =>
          one.property.toLowerCase() === member.toLowerCase() && one.child === child.key && one.columns.join() === columns.join(),
      ),
    );
    if (found.length > 0) return found;
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
