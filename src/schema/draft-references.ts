import type { Catalog } from '../dialect/postgres/catalog.js';
import type { Findings } from '../findings/finding.js';
import { insideName, wholeValue } from '../inside/inside.js';
import { areComparable, idsAsText } from './column-kind.js';
import type { DraftReference, DraftTable } from './draft.js';
import type { TableKey } from './metadata.js';
import type { IdType } from './schema.js';

/**
 * The edges that constraints and metadata show. One that several sources show is one edge, with the constraint's facts and the
 * relation's name. In an order that does not depend on the database's object ids.
 */
export function draftReferences(
  catalog: Catalog,
  tables: ReadonlyMap<TableKey, DraftTable>,
  findings: Findings,
): readonly DraftReference[] {
  const edges = new Map<string, DraftReference>();
  for (const edge of [...constraintEdges(catalog, tables), ...metadataEdges(tables)]) {
    if (!hasColumns(edge.child, edge.columns) || !hasColumns(edge.parent, edge.parentColumns)) continue;
    const id = edgeId(edge);
    const known = edges.get(id);
    if (known !== undefined) edges.set(id, merge(known, edge));
    else if (edge.source === 'constraint' || hasComparableTypes(edge)) edges.set(id, edge);
    else {
      const on = `${edge.child.name.model}.${edge.property ?? edge.columns.join('+')}`;
      findings.warn(
        'incomparable-reference',
        on,
        `its type cannot be compared with ${edge.parent.name.model}.${edge.parentColumns.join('+')}: not followed`,
      );
    }
  }
  return [...edges].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
}

function* constraintEdges(catalog: Catalog, tables: ReadonlyMap<TableKey, DraftTable>): Generator<DraftReference> {
  const byOid = new Map([...tables.values()].map((table) => [table.oid, table]));
  for (const key of catalog.constraints) {
    const child = byOid.get(key.table);
    const parent = byOid.get(key.parent);
    if (child === undefined || parent === undefined) continue;
    yield {
      child,
      columns: key.columns,
      parent,
      parentColumns: key.parentColumns,
      property: undefined,
      source: 'constraint',
      constraint: {
        name: key.name,
        deferrable: key.deferrable,
        validated: key.validated && !key.temporal,
        matchFull: key.matchFull,
      },
      when: undefined,
      describesParent: false,
    };
  }
}

function* metadataEdges(tables: ReadonlyMap<TableKey, DraftTable>): Generator<DraftReference> {
  const facts = {
    property: undefined,
    source: 'metadata',
    constraint: undefined,
    when: undefined,
    describesParent: false,
  } as const;
  for (const child of tables.values()) {
    for (const reference of child.metadata?.references ?? []) {
      const parent = tables.get(reference.parent);
      if (parent !== undefined) yield { ...facts, ...reference, child, parent };
    }
    for (const relation of child.metadata?.manyToMany ?? []) {
      const through = tables.get(relation.through);
      const inverse = tables.get(relation.inverse);
      if (through === undefined || inverse === undefined) continue;
      yield { ...facts, child: through, columns: relation.ownerColumns, parent: child, parentColumns: relation.ownerTargets };
      yield {
        ...facts,
        child: through,
        columns: relation.inverseColumns,
        parent: inverse,
        parentColumns: relation.inverseTargets,
      };
    }
  }
}

/** The same columns to the same columns, in whatever order the pairs are written. */
export function edgeId(edge: Pick<DraftReference, 'child' | 'columns' | 'parent' | 'parentColumns' | 'when' | 'inside'>): string {
  const pairs = edge.columns.map((name, at) => `${name}\0${edge.parentColumns[at] ?? ''}`).sort();
  const { child, parent, when, inside } = edge;
  const values = inside === undefined || inside === wholeValue ? [] : [insideName(inside), inside.pattern ?? ''];
  return [child.key, ...pairs, parent.key, when?.column ?? '', when?.value ?? '', ...values].join('\0');
}

/** Of two constraints over the same columns, a validated one says more. */
function merge(known: DraftReference, other: DraftReference): DraftReference {
  const constraint = known.constraint?.validated === true ? known.constraint : (other.constraint ?? known.constraint);
  return {
    ...known,
    property: known.property ?? other.property,
    constraint,
    describesParent: known.describesParent || other.describesParent,
  };
}

export function hasComparableTypes(edge: Ends): boolean {
  return pairsOf(edge).every(([own, other]) => areComparable(own, other));
}

/** By column, the type of ids that are held as text; undefined where all columns are comparable, or some cannot be. */
export function idTypes(edge: Ends): readonly (IdType | undefined)[] | undefined {
  const types = pairsOf(edge).map(([own, other]) => (areComparable(own, other) ? undefined : idsAsText(own, other)));
  const isMade = pairsOf(edge).every(([own, other], at) => types[at] !== undefined || areComparable(own, other));
  return isMade && types.some((type) => type !== undefined) ? Object.freeze(types) : undefined;
}

export function hasColumns(table: DraftTable, names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => table.columns.some((column) => column.name === name));
}

type Ends = Pick<DraftReference, 'child' | 'columns' | 'parent' | 'parentColumns'>;
type DraftColumn = DraftTable['columns'][number];

/** Columns that are to hold the same. What is no column of its table is not among them: see {@link hasColumns}. */
function pairsOf({ child, columns, parent, parentColumns }: Ends): readonly (readonly [own: DraftColumn, other: DraftColumn])[] {
  return columns.flatMap((name, at) => {
    const own = child.columns.find((column) => column.name === name);
    const other = parent.columns.find((column) => column.name === parentColumns[at]);
    return own === undefined || other === undefined ? [] : [[own, other] as const];
  });
}
