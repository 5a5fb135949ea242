import type { ArchiveObject } from '../../src/index.js';
import type { GraphRow, GraphRules } from './graph-tables.js';
import { actionOf, graphKeys, graphReferences, nameOf } from './graph-tables.js';

/** What a deletion should leave, told without any SQL: by names, over and over again until nothing changes. */
export interface ExpectedDeletion {
  readonly deleted: ReadonlySet<string>;
  /** `table.key` → columns that become NULL. */
  readonly nullified: ReadonlyMap<string, ReadonlySet<string>>;
  readonly after: ReadonlyMap<string, GraphRow>;
}

export function expectedDeletion(
  rules: GraphRules,
  seeds: readonly string[],
  objects: readonly ArchiveObject[],
  rows: ReadonlyMap<string, GraphRow>,
): ExpectedDeletion {
  const archived = new Map(objects.map((object) => [archivedName(object), object] as const));
  const links = linksOf(objects);
  const isLink = (name: string): boolean => name.split('.')[0]?.endsWith('_tag') === true;
  const isHeld = (name: string, row: GraphRow): boolean => (isLink(name) ? links.has(linkName(name, row)) : archived.has(name));
  const isCandidate = (name: string): boolean => {
    const row = rows.get(name);
    if (row === undefined) return false;
    if (isLink(name)) return isHeld(name, row);
    const object = archived.get(name);
    return object !== undefined && object.shared !== true && isEqual(object, row);
  };
  const edges = [...rows].flatMap(([child, row]) =>
    graphReferences.flatMap((reference, at) => {
      if (child.split('.')[0] !== reference.child) return [];
      const value = row[reference.column];
      if (value === null || value === undefined) return [];
      const to = 'to' in reference ? reference.to : 'id';
      const [parent] = [...rows].find(
        ([name, other]) => name.split('.')[0] === reference.parent && String(other[to]) === String(value),
      ) ?? [''];
      return [{ parent, child, column: reference.column, action: actionOf(rules, at) }];
    }),
  );
  const doomed = new Set(seeds.filter(isCandidate));
  untilSettled(() => {
    for (const { parent, child, action } of edges)
      if (doomed.has(parent) && action === 'delete' && isCandidate(child)) doomed.add(child);
    return doomed.size;
  });
  untilSettled(() => {
    for (const { parent, child, action } of edges) {
      const mayLose = action === 'nullify' && isHeld(child, rows.get(child) ?? {});
      if (doomed.has(parent) && !doomed.has(child) && !mayLose) doomed.delete(parent);
    }
    return doomed.size;
  });
  const nullified = new Map<string, Set<string>>();
  for (const { parent, child, column } of edges) {
    if (!doomed.has(parent) || doomed.has(child)) continue;
    nullified.set(child, (nullified.get(child) ?? new Set()).add(column));
  }
  const after = new Map(
    [...rows]
      .filter(([name]) => !doomed.has(name))
      .map(([name, row]) => [
        name,
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [column, nullified.get(name)?.has(column) === true ? null : value]),
        ),
      ]),
  );
  return { deleted: doomed, nullified, after };
}

function untilSettled(step: () => number): void {
  for (let before = -1, now = step(); now !== before; now = step()) before = now;
}

function archivedName({ model, pk }: ArchiveObject): string {
  const table = model.replace('public.', '');
  const columns = graphKeys[table] ?? ['id'];
  return nameOf(table, typeof pk === 'object' && pk !== null ? (pk as GraphRow) : { [columns[0] ?? 'id']: pk as number });
}

function isEqual({ fields, pk }: ArchiveObject, row: GraphRow): boolean {
  const values: Record<string, unknown> = { ...fields, ...(typeof pk === 'object' ? pk : { id: pk }) };
  return Object.entries(row).every(([column, value]) => String(values[column]) === String(value));
}

/** `a_tag 1 2`: of the owner's table and key, and the tag. */
function linksOf(objects: readonly ArchiveObject[]): ReadonlySet<string> {
  const links = new Set<string>();
  for (const { model, pk, fields } of objects) {
    // Keys of what has links are one column here.
    const own = typeof pk === 'object' ? '' : String(pk);
    for (const [member, list] of Object.entries(fields)) {
      if (!Array.isArray(list)) continue;
      const table = model.replace('public.', '');
      const through = table === 'tag' ? member.replace('public.', '') : `${table}_tag`;
      for (const other of list as readonly (number | string)[])
        links.add(table === 'tag' ? `${through} ${String(other)} ${own}` : `${through} ${own} ${String(other)}`);
    }
  }
  return links;
}

function linkName(name: string, row: GraphRow): string {
  const [through = ''] = name.split('.');
  return `${through} ${String(row[through.charAt(0)])} ${String(row['tag'])}`;
}
