import type { DraftLink } from './draft-links.js';
import type { DraftTable } from './draft.js';

/**
 * The name of each column in the archive: that of the relation whose only column it is, where that is exactly one; else its
 * property path; else its column name. Key columns go by property. Unique within the entity, many-to-many members included.
 */
export function columnMembers(table: DraftTable, links: readonly DraftLink[]): ReadonlyMap<string, string> {
  const taken = new Set(links.filter((link) => link.owner.parent === table).flatMap((link) => link.property ?? []));
  const members = new Map<string, string>();
  for (const name of inTurn(table)) {
    const free = candidates(table, name).find((candidate) => !taken.has(candidate)) ?? unused(name, taken);
    taken.add(free);
    members.set(name, free);
  }
  return members;
}

function candidates(table: DraftTable, name: string): readonly string[] {
  const property = table.metadata?.columns.find((column) => column.name === name && column.property !== undefined)?.property;
  const relations = (table.metadata?.references ?? []).filter((one) => one.property !== undefined && one.columns.includes(name));
  const [relation] = relations;
  const isOnly = relation?.columns.length === 1 && relations.every((one) => one.property === relation.property);
  const byRelation = isOnly ? relation.property : undefined;
  const names = table.identity.includes(name) ? [property, byRelation] : [byRelation, property];
  return [...names.flatMap((one) => one ?? []), name];
}

/** Columns that the metadata names choose first: one that it does not know must not take a declared name. */
function inTurn(table: DraftTable): readonly string[] {
  const names = table.columns.map((column) => column.name).sort();
  const isNamed = (name: string): boolean => candidates(table, name).length > 1;
  return [...names.filter(isNamed), ...names.filter((name) => !isNamed(name))];
}

/** The member of a many-to-many list: its relation's property, else what the join table's name adds to its owner's. */
export function linkMember(link: DraftLink, taken: ReadonlySet<string>): string {
  if (link.property !== undefined) return link.property;
  const through = link.through.table.name;
  const owner = link.owner.parent.table.name;
  const rest = through.toLowerCase().startsWith(`${owner.toLowerCase()}_`) ? through.slice(owner.length + 1) : through;
  return unused(rest, taken);
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let at = 2; taken.has(candidate); at += 1) candidate = `${name}_${String(at)}`;
  return candidate;
}
