import type { Catalog } from '../dialect/postgres/catalog.js';
import type { DraftReference, DraftTable } from './draft.js';
import { columnNames } from './draft.js';
import type { TableKey } from './metadata.js';

/** The edges that constraints and metadata show; one that both show is one edge, with the constraint's facts and the relation's name. */
export function draftReferences(catalog: Catalog, tables: ReadonlyMap<TableKey, DraftTable>): readonly DraftReference[] {
  const byOid = new Map([...tables.values()].map((table) => [table.oid, table]));
  const edges = new Map<string, DraftReference>();
  const put = (edge: DraftReference): void => {
    const id = edgeId(edge);
    const known = edges.get(id);
    if (known === undefined) edges.set(id, edge);
    else edges.set(id, { ...known, property: known.property ?? edge.property, constraint: strongest(known, edge) });
  };
  for (const key of catalog.constraints) {
    const child = byOid.get(key.table);
    const parent = byOid.get(key.parent);
    if (child === undefined || parent === undefined) continue;
    put({
      child,
      columns: columnNames(child.columns, key.columns),
      parent,
      parentColumns: columnNames(parent.columns, key.parentColumns),
      property: undefined,
      source: 'constraint',
      constraint: { name: key.name, deferrable: key.deferrable, validated: key.validated },
      when: undefined,
    });
  }
  for (const child of tables.values()) {
    for (const reference of child.metadata?.references ?? []) {
      const parent = tables.get(reference.parent);
      if (parent === undefined || !hasColumns(child, reference.columns) || !hasColumns(parent, reference.parentColumns)) continue;
      put({ ...reference, child, parent, source: 'metadata', constraint: undefined, when: undefined });
    }
    for (const relation of child.metadata?.manyToMany ?? []) {
      const through = tables.get(relation.through);
      const inverse = tables.get(relation.inverse);
      if (through === undefined || inverse === undefined) continue;
      const facts = { property: undefined, source: 'metadata', constraint: undefined, when: undefined } as const;
      const sides = [
        { parent: child, columns: relation.ownerColumns, parentColumns: relation.ownerTargets },
        { parent: inverse, columns: relation.inverseColumns, parentColumns: relation.inverseTargets },
      ];
      for (const side of sides) if (hasColumns(through, side.columns)) put({ ...facts, ...side, child: through });
    }
  }
  return [...edges.values()];
}

/** The same columns to the same columns, in whatever order the pairs are written. */
export function edgeId(edge: Pick<DraftReference, 'child' | 'columns' | 'parent' | 'parentColumns' | 'when'>): string {
  const pairs = edge.columns.map((name, at) => `${name}\0${edge.parentColumns[at] ?? ''}`).sort();
  return [edge.child.key, edge.parent.key, ...pairs, edge.when?.column ?? '', edge.when?.value ?? ''].join('\0');
}

/** Two constraints over the same columns: a validated one says more. */
function strongest(a: DraftReference, b: DraftReference): DraftReference['constraint'] {
  if (a.constraint === undefined || b.constraint === undefined) return a.constraint ?? b.constraint;
  return a.constraint.validated ? a.constraint : b.constraint;
}

function hasColumns(table: DraftTable, names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => table.columns.some((column) => column.name === name));
}
