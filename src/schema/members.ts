import type { DraftLink } from './draft-links.js';
import type { DraftReference, DraftTable } from './draft.js';

/**
 * The name of each column in the archive: that of the relation whose only column it is, where that is exactly one; else its
 * property path; else its column name. Key columns go by property. Unique within the entity, many-to-many members included.
 */
export function columnMembers(table: DraftTable, references: readonly DraftReference[], links: readonly DraftLink[]): ReadonlyMap<string, string> {
  const taken = new Set(links.filter((link) => link.owner.parent === table).flatMap((link) => link.property ?? []));
  const members = new Map<string, string>();
  const candidates = (name: string): readonly string[] => {
    const property = table.metadata?.columns.find((column) => column.name === name)?.property;
    const relations = references.filter((one) => one.child === table && one.columns.includes(name) && one.property !== undefined);
    const [relation] = relations;
    const byRelation = relations.length === 1 && relation?.columns.length === 1 ? relation.property : undefined;
    const names = table.identity.includes(name) ? [property, byRelation] : [byRelation, property];
    return [...names.flatMap((one) => one ?? []), name];
  };
  const ordered = [...table.columns].sort((a, b) => Number(isPlain(table, b.name)) - Number(isPlain(table, a.name)));
  for (const { name } of ordered) {
    const free = candidates(name).find((candidate) => !taken.has(candidate)) ?? unused(name, taken);
    taken.add(free);
    members.set(name, free);
  }
  return members;
}

/** The member of a many-to-many list: its relation's property, else what the join table's name adds to its owner's. */
export function linkMember(link: DraftLink, taken: ReadonlySet<string>): string {
  if (link.property !== undefined) return link.property;
  const through = link.through.table.name;
  const owner = link.owner.parent.table.name;
  const rest = through.toLowerCase().startsWith(`${owner.toLowerCase()}_`) ? through.slice(owner.length + 1) : through;
  return unused(rest, taken);
}

/** Columns that carry a declared property choose first: an undeclared one must not take a declared name. */
function isPlain(table: DraftTable, name: string): boolean {
  return table.metadata?.columns.some((column) => column.name === name && column.property !== undefined) ?? false;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let at = 2; taken.has(candidate); at += 1) candidate = `${name}_${String(at)}`;
  return candidate;
}
