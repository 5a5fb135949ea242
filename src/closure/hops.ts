import type { Hop } from '../dialect/row-reader.js';
import { dependencyOrder } from '../schema/dependency-order.js';
import type { Column, Entity, Reference } from '../schema/schema.js';
import type { Arrival } from './arrival.js';
import type { Role } from './follow-rule.js';
import type { Steps } from './steps.js';
import type { WalkOptions } from './walk-options.js';

/** A step of the walk that may come again and again, and how its rows arrive. */
export interface LoopHop extends Hop, Omit<Arrival, 'depth'> {
  readonly model: string;
}

/** Models in roles that lead to each other, or to themselves: a chain of rows goes on through them without end. */
export interface Loop {
  /** By `placeId`, the numbers that its hops start from. */
  readonly places: ReadonlyMap<string, number>;
  readonly hops: readonly LoopHop[];
}

export function placeId(model: string, role: Role): string {
  return `${model}\0${role}`;
}

interface Edge extends Omit<LoopHop, 'place' | 'leadsTo'> {
  readonly start: string;
  readonly end: string;
}

const roles = ['shared', 'expanded', 'owned'] as const satisfies readonly Role[];

/** The loops of a walk, as far as its steps lead by single integers or UUIDs that an index finds, to rows that come in as they are. */
export function findLoops(options: WalkOptions, steps: Steps): readonly Loop[] {
  const models = [...options.edges.schema.entities.values()].filter((entity) => isOpen(options, entity));
  const edges = models.flatMap(({ model }) => roles.flatMap((role) => edgesFrom(options, steps, model, role)));
  const ids = new Set(edges.flatMap(({ start, end }) => [start, end]));
  const components = dependencyOrder(
    ids,
    edges.map(({ start, end }) => ({ child: start, parent: end })),
  );
  return components.flatMap((component) => loopsOf(component, edges));
}

/** A row has an integer or a UUID: one loop for each. */
function loopsOf(component: readonly string[], edges: readonly Edge[]): readonly Loop[] {
  const places = new Map(component.map((id, at) => [id, at]));
  const hops = edges.flatMap(({ start, end, ...hop }): readonly LoopHop[] => {
    const [place, leadsTo] = [places.get(start), places.get(end)];
    return place === undefined || leadsTo === undefined ? [] : [{ ...hop, place, leadsTo }];
  });
  return hops.length === 0 ? [] : [{ places, hops }];
}

/** Whether every row of the model that is reached comes in, and is known by a key that hops can carry. */
function isOpen({ border }: WalkOptions, { model, key, columns }: Entity): boolean {
  return !border.guards(model) && carried(columns, key) !== undefined;
}

function edgesFrom(options: WalkOptions, steps: Steps, model: string, role: Role): readonly Edge[] {
  const { edges, rule, roots } = options;
  const start = placeId(model, role);
  const down = steps.down(model, role).flatMap(({ reference, role: childRole }): readonly Edge[] => {
    const holder = edges.entity(reference.child);
    const [from] = reference.columns;
    const [to] = holder.key;
    if (from === undefined || to === undefined || !reference.indexed || reference.follow.limit !== undefined) return [];
    const { name: via, when } = reference;
    const hop = { holder, from, to, target: undefined, when, where: reference.follow.where };
    return edgeTo(options, start, holder, childRole, reference, { ...hop, via, direction: 'down' });
  });
  const up = edges.scanPlan(model).up.flatMap(({ reference }): readonly Edge[] => {
    const holder = edges.entity(model);
    const [from] = holder.key;
    const [to] = reference.columns;
    if (from === undefined || to === undefined || !isFoundByKey(holder)) return [];
    const parentRole = rule.up(role, roots.has(reference.parent));
    const hop = { holder, from, to, target: targetOf(options, reference), when: reference.when, where: undefined };
    const parent = edges.entity(reference.parent);
    return edgeTo(options, start, parent, parentRole, reference, { ...hop, via: reference.name, direction: 'up' });
  });
  const across = steps.across(model, role).flatMap(({ link, from: own, to: other }): readonly Edge[] => {
    const otherRole = rule.across(role, roots.has(other.parent));
    const [from] = own.columns;
    const [to] = other.columns;
    if (from === undefined || to === undefined || otherRole === undefined) return [];
    if (!isPlain(own) || !own.indexed || own.follow.limit !== undefined) return [];
    const { when } = own;
    const hop = { holder: edges.entity(link.through), from, to, target: targetOf(options, other), when, where: own.follow.where };
    const end = edges.entity(other.parent);
    return edgeTo(options, start, end, otherRole, other, { ...hop, via: link.name, direction: 'across' });
  });
  return [...down, ...up, ...across];
}

function edgeTo(
  options: WalkOptions,
  start: string,
  { model, columns, key }: Entity,
  role: Role,
  reference: Reference,
  hop: Omit<Edge, 'start' | 'end' | 'model' | 'role'>,
): readonly Edge[] {
  if (!isPlain(reference) || !isOpen(options, options.edges.entity(model))) return [];
  if (role === 'shared' && options.sharedAsKey(model)) return [];
  const types = new Set([carried(hop.holder.columns, [hop.from]), carried(hop.holder.columns, [hop.to]), carried(columns, key)]);
  return types.size > 1 || types.has(undefined) ? [] : [{ ...hop, start, end: placeId(model, role), model, role }];
}

/** Whether an index finds a row by its key, which may be one that only the policy names. */
function isFoundByKey({ key, uniques }: Entity): boolean {
  return uniques.some(({ columns, predicate }) => predicate === undefined && columns[0] === key[0]);
}

function isPlain({ direct, asText, columns, inside }: Reference): boolean {
  return direct && inside === undefined && asText === undefined && columns.length === 1;
}

function targetOf({ edges }: WalkOptions, { constraint, parent }: Reference): Entity | undefined {
  return constraint?.validated === true ? undefined : edges.entity(parent);
}

/** The type of a single column, if hops carry its values. */
function carried(columns: readonly Column[], names: readonly string[]): 'integer' | 'uuid' | undefined {
  const column = names.length === 1 ? columns.find(({ name }) => name === names[0]) : undefined;
  if (column?.integer !== undefined) return 'integer';
  return column?.type === 'uuid' ? 'uuid' : undefined;
}
