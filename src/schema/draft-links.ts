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
 * generated key of their own that nothing references; tables the policy names. One with more columns is an ordinary entity. So are
 * closure tables: their rows belong to the descendant, and a link that neither end owns would stay at home.
 */
export function draftLinks(
  tables: ReadonlyMap<TableKey, DraftTable>,
  references: readonly DraftReference[],
  named: ReadonlySet<DraftTable>,
  findings: Findings,
): readonly DraftLink[] {
  const links: DraftLink[] = [];
  const declared = declaredRelations(tables);
  const referenced = new Set(references.map((reference) => reference.parent));
  for (const through of tables.values()) {
    if (through.metadata !== undefined && through.metadata.kind !== 'junction' && !named.has(through)) continue;
    const own = references.filter((reference) => reference.child === through);
    const relation = declared.get(through.key);
    const sides = sidesOf(through, own, relation?.ownerColumns);
    if (sides === undefined) {
      if (named.has(through)) {
        // A list of links cannot say for which rows they hold, and a row made of one would not say it either.
        const why = isConditional(own) ? 'what it refers to depends on the row' : 'it does not hold two references';
        findings.warn('no-join-table', through.name.model, `the policy calls it a join table, but ${why}`);
      }
      continue;
    }
    const extra = informativeColumns(through, own, referenced.has(through));
    if (named.has(through)) tellWhatStays(findings, through, own, extra);
    else if (extra.length > 0) {
      if (relation !== undefined)
        findings.note(
          'join-table-with-columns',
          through.name.model,
          `has columns of its own (${extra.join(', ')}): its rows travel as objects`,
        );
      continue;
    }
    const [owner, inverse] = sides;
    if (!isUnique(through, [...owner.columns, ...inverse.columns]))
      findings.note('join-table-not-unique', through.name.model, 'nothing keeps a link from standing twice: it leaves once');
    links.push({ through, owner, inverse, property: relation?.property });
  }
  return links;
}

function isConditional(own: readonly DraftReference[]): boolean {
  return own.some(({ when }) => when !== undefined);
}

/** Of a table that only the policy calls a join table. */
function tellWhatStays(findings: Findings, through: DraftTable, own: readonly DraftReference[], extra: readonly string[]): void {
  const held = new Set(own.flatMap(({ columns }) => columns));
  const columns = extra.filter((name) => !held.has(name)).join(', ');
  const tell = (kind: string, what: string): void => {
    findings.note(kind, through.name.model, `the policy calls it a join table: ${what} at home`);
  };
  if (columns !== '') tell('join-table-columns', `${columns} stay`);
  const loose = through.columns.filter(({ name, nullable }) => held.has(name) && nullable).map(({ name }) => name);
  if (loose.length > 0) tell('half-links', `rows that hold NULL in ${loose.join(' or ')} stay`);
}

function isUnique({ indexes, columns: all }: DraftTable, pair: readonly string[]): boolean {
  const numbers = new Set(all.filter(({ name }) => pair.includes(name)).map(({ number }) => number));
  return indexes.some(({ columns, predicate }) => predicate === undefined && columns.every((number) => numbers.has(number)));
}

interface Relation {
  readonly property: string;
  readonly ownerColumns: readonly string[];
}

function declaredRelations(tables: ReadonlyMap<TableKey, DraftTable>): ReadonlyMap<TableKey, Relation> {
  const relations = new Map<TableKey, Relation>();
  for (const table of tables.values()) {
    for (const relation of table.metadata?.manyToMany ?? [])
      if (!relations.has(relation.through)) relations.set(relation.through, relation);
  }
  return relations;
}

/** The two references, the owner's first: the @JoinTable side; without a relation, the side whose column comes first. */
function sidesOf(
  through: DraftTable,
  own: readonly DraftReference[],
  ownerColumns: readonly string[] | undefined,
): readonly [DraftReference, DraftReference] | undefined {
  const [first, second] = own;
  if (own.length !== 2 || first === undefined || second === undefined || isConditional(own)) return undefined;
  if (first.columns.some((name) => second.columns.includes(name))) return undefined;
  if (ownerColumns !== undefined)
    return second.columns.every((name) => ownerColumns.includes(name)) ? [second, first] : [first, second];
  const position = (reference: DraftReference): number =>
    Math.min(...reference.columns.map((name) => through.columns.findIndex((column) => column.name === name)));
  return position(first) <= position(second) ? [first, second] : [second, first];
}

/**
 * Columns that say more than the link: neither part of a reference, nor a generated key of its own that nothing references. Where a
 * reference can be NULL, such a key is what tells its rows apart.
 */
function informativeColumns(through: DraftTable, own: readonly DraftReference[], isReferenced: boolean): readonly string[] {
  const held = new Set(own.flatMap((reference) => reference.columns));
  const rest = through.columns.filter((column) => !held.has(column.name) && !column.generated);
  const [only] = rest;
  const isWhole = through.columns.every((column) => !held.has(column.name) || !column.nullable);
  // Half a link is none, and no list can hold it.
  if (rest.length === 0 && !isWhole && through.metadata === undefined) return [...held];
  if (rest.length !== 1 || only === undefined || isReferenced) return rest.map((column) => column.name);
  const isGenerated = only.identity !== undefined || (only.default !== undefined && /nextval|uuid/iu.test(only.default));
  const isKey = through.identity.length === 1 && through.identity[0] === only.name;
  return isGenerated && isKey && isWhole ? [] : [only.name];
}
