import type { FollowPolicy } from '../policy/policy.js';
import type { DraftReference, DraftTable } from './draft.js';
import type { Draft, ModelPolicies } from './finish-schema.js';
import type { Entity, FollowSettings, Reference } from './schema.js';

/** The draft's edges with everything the engine asks of them. */
export function finishReferences(
  draft: Draft,
  entities: ReadonlyMap<string, Entity>,
  policies: ModelPolicies,
): ReadonlyMap<DraftReference, Reference> {
  const finished = new Map<DraftReference, Reference>();
  const names = new Set<string>();
  for (const edge of draft.references) {
    const child = entities.get(edge.child.name.model);
    const parent = entities.get(edge.parent.name.model);
    if (child === undefined || parent === undefined) continue;
    const name = uniqueName(edge, child, names);
    const { columns, parentColumns } = inKeyOrder(edge, parent);
    finished.set(
      edge,
      Object.freeze({
        name,
        child: child.model,
        columns,
        parent: parent.model,
        parentColumns,
        direct: sameNames(parentColumns, parent.key) && exactlyComparable(child, columns) && exactlyComparable(parent, parentColumns) && sameKinds(child, columns, parent, parentColumns),
        nullable: columns.some((column) => isNullable(child, column)),
        source: edge.source,
        constraint: edge.constraint === undefined ? undefined : Object.freeze({ ...edge.constraint }),
        unique: child.uniques.some((one) => one.predicate === undefined && one.columns.length > 0 && one.columns.every((column) => columns.includes(column))),
        when: edge.when,
        part: isPart(edge, draft, policies),
        follow: followSettings(name, draft.policy.follow ?? {}),
      }),
    );
  }
  return finished;
}

/** The parent's key order, so that what the child holds is the parent's key as it stands. */
function inKeyOrder(edge: DraftReference, parent: Entity): { readonly columns: readonly string[]; readonly parentColumns: readonly string[] } {
  if (edge.parentColumns.length !== parent.key.length || !parent.key.every((name) => edge.parentColumns.includes(name))) {
    return { columns: Object.freeze([...edge.columns]), parentColumns: Object.freeze([...edge.parentColumns]) };
  }
  const columns = parent.key.map((name) => edge.columns[edge.parentColumns.indexOf(name)] ?? '');
  return { columns: Object.freeze(columns), parentColumns: parent.key };
}

function uniqueName(edge: DraftReference, child: Entity, names: Set<string>): string {
  const own = edge.columns.map((name) => child.columns.find((column) => column.name === name)?.member ?? name).join('+');
  const base = `${child.model}.${edge.property ?? own}${edge.when === undefined ? '' : `[${edge.when.column}=${edge.when.value}]`}`;
  let name = base;
  if (names.has(name)) name = `${base}:${edge.parent.name.model}`;
  for (let at = 2; names.has(name); at += 1) name = `${base}:${String(at)}`;
  names.add(name);
  return name;
}

/**
 * Eager relations to an entity that references nothing else, or what the policy names. TypeORM loads the eager ones with
 * every parent: the application never sees the parent without them.
 */
function isPart(edge: DraftReference, draft: Draft, policies: ModelPolicies): boolean {
  const { child, parent } = edge;
  const named = policies.get(parent)?.parts;
  if (named !== undefined && named.some((text) => text === edge.property || isChildProperty(parent, text, edge))) return true;
  const isEager = parent.metadata?.eagerChildren.some((one) => one.child === child.key && sameSet(one.columns, edge.columns)) ?? false;
  return isEager && draft.references.filter((other) => other.child === child).length === 1;
}

function isChildProperty(parent: DraftTable, text: string, edge: DraftReference): boolean {
  return parent.metadata?.children.some((one) => one.property === text && one.child === edge.child.key && sameSet(one.columns, edge.columns)) ?? false;
}

const followed: FollowSettings = Object.freeze({ up: 'follow', down: 'follow', where: undefined, limit: undefined });

function followSettings(name: string, policy: Readonly<Record<string, FollowPolicy>>): FollowSettings {
  const found = Object.entries(policy).find(([text]) => text.toLowerCase() === name.toLowerCase())?.[1] ?? policy['*'];
  if (found === undefined) return followed;
  return Object.freeze({ up: found.up ?? 'follow', down: found.down ?? 'follow', where: found.where, limit: found.limit });
}

function columnOf(entity: Entity, name: string): Entity['columns'][number] | undefined {
  return entity.columns.find((column) => column.name === name);
}

function isNullable(entity: Entity, name: string): boolean {
  return columnOf(entity, name)?.nullable === true && !entity.key.includes(name);
}

function exactlyComparable(entity: Entity, names: readonly string[]): boolean {
  return names.every((name) => columnOf(entity, name)?.exact === true);
}

function sameKinds(child: Entity, columns: readonly string[], parent: Entity, parentColumns: readonly string[]): boolean {
  return columns.every((name, at) => columnOf(child, name)?.kind === columnOf(parent, parentColumns[at] ?? '')?.kind);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
