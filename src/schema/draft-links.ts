import type { Findings } from '../findings/finding.js';
import type { DraftReference, DraftTable } from './draft.js';
import type { TableKey } from './metadata.js';

/** A join table seen from its owner. */
export interface DraftLink {
  readonly through: DraftTable;
  readonly owner: DraftReference;
  readonly inverse: DraftReference;
  /** The relation's property; undefined where no relation declares it. */
  readonly property: string | undefined;
}

/**
 * Finds the join tables (design.md §2): TypeORM's junctions; tables that no entity maps which hold two references and at most a
 * generated key of their own that nothing references; tables that the policy names.
 */
export function draftLinks(
  tables: ReadonlyMap<TableKey, DraftTable>,
  references: readonly DraftReference[],
  named: ReadonlySet<TableKey>,
  findings: Findings,
): readonly DraftLink[] {
  const links: DraftLink[] = [];
  const declared = declaredRelations(tables);
  for (const through of tables.values()) {
    const own = references.filter((reference) => reference.child === through);
    const mapped = through.metadata?.kind === 'regular';
    if (own.length !== 2 || (mapped && !named.has(through.key))) continue;
    const extra = extraColumns(through, own, references);
    if (extra.length > 0 && !named.has(through.key)) {
      if (through.metadata?.kind === 'junction') {
        findings.note('join-table-with-columns', through.name.model, `has columns of its own (${extra.join(', ')}): its rows travel as objects`);
      }
      continue;
    }
    const relation = declared.get(through.key);
    const [first, second] = own;
    if (first === undefined || second === undefined) continue;
    const [owner, inverse] = ordered(through, first, second, relation?.ownerColumns);
    links.push({ through, owner, inverse, property: relation?.property });
  }
  return links;
}

function declaredRelations(
  tables: ReadonlyMap<TableKey, DraftTable>,
): ReadonlyMap<TableKey, { readonly property: string; readonly ownerColumns: readonly string[] }> {
  const relations = new Map<TableKey, { property: string; ownerColumns: readonly string[] }>();
  for (const table of tables.values()) for (const relation of table.metadata?.manyToMany ?? []) relations.set(relation.through, relation);
  return relations;
}

/** The owner is the @JoinTable side; without a relation, the side whose column comes first. */
function ordered(
  through: DraftTable,
  first: DraftReference,
  second: DraftReference,
  ownerColumns: readonly string[] | undefined,
): readonly [DraftReference, DraftReference] {
  if (ownerColumns !== undefined) {
    const isOwner = (reference: DraftReference): boolean => reference.columns.every((name) => ownerColumns.includes(name));
    return isOwner(second) && !isOwner(first) ? [second, first] : [first, second];
  }
  const position = (reference: DraftReference): number =>
    Math.min(...reference.columns.map((name) => through.columns.findIndex((column) => column.name === name)));
  return position(first) <= position(second) ? [first, second] : [second, first];
}

/** Columns that are information: neither part of a reference, nor a generated key that nothing references. */
function extraColumns(through: DraftTable, own: readonly DraftReference[], all: readonly DraftReference[]): readonly string[] {
  const held = new Set(own.flatMap((reference) => reference.columns));
  const rest = through.columns.filter((column) => !held.has(column.name));
  const [only] = rest;
  const referenced = all.some((reference) => reference.parent === through);
  if (rest.length === 1 && only !== undefined && !referenced) {
    const generated = only.identity !== undefined || (only.default !== undefined && /nextval|uuid/iu.test(only.default));
    if (generated && through.identity.length === 1 && through.identity[0] === only.name) return [];
  }
  return rest.map((column) => column.name);
}
