import type { Entity, Reference } from '../schema/schema.js';
import type { LinkSide, ScanPlan } from './edges.js';
import type { Role } from './follow-rule.js';
import type { WalkOptions } from './walk-options.js';

/**
 * A table whose rows need no list: nothing leads on from them, nobody references them, and each is there because a column of its own
 * holds the key of a row that brings it. It is often the largest one: messages, events, log entries, or a join table.
 */
export type Leaf = ObjectLeaf | LinkLeaf;

interface AnyLeaf {
  readonly entity: Entity;
  /** The references whose parents bring rows, in the schema's order. */
  readonly brings: readonly Reference[];
  /** The one role in which a parent brings them. */
  readonly from: LeadingRole;
  readonly needs: readonly Need[];
}

/** Rows that leave as objects. */
export interface ObjectLeaf extends AnyLeaf {
  readonly kind: 'objects';
  readonly plan: ScanPlan;
  readonly role: Role;
}

/** Rows of a join table, which leave as members of others. */
export interface LinkLeaf extends AnyLeaf {
  readonly kind: 'links';
  /** In the order of `brings`. */
  readonly sides: readonly LinkSide[];
}

/** What a row of the set cannot leave without. */
export interface Need {
  readonly via: string;
  readonly direction: 'up' | 'across';
  readonly reference: Reference;
  readonly role: Role;
}

/** Rows in no other role lead down or across. */
const leadingRoles = ['expanded', 'owned'] as const satisfies readonly Role[];
type LeadingRole = (typeof leadingRoles)[number];

/** The model as a leaf; undefined where its rows, or what they reference, must be known one by one. */
export function asLeaf(options: WalkOptions, model: string): Leaf | undefined {
  const entity = options.edges.entity(model);
  return entity.role === 'link' ? asLinkLeaf(options, entity) : asObjectLeaf(options, entity);
}

function asObjectLeaf(options: WalkOptions, entity: Entity): ObjectLeaf | undefined {
  const { edges, rule, roots, border, seeds, whole } = options;
  const { model } = entity;
  if (entity.key.length === 0 || seeds.has(model) || whole.has(model) || border.closes(model)) return undefined;
  if (edges.down(model).length > 0 || edges.innerTo(model).length > 0 || edges.sides(model).length > 0) return undefined;
  const brings = edges.up(model).filter((reference) => reference.follow.down !== 'skip');
  const leading = leadingRole((from) => rule.down(from, roots.has(model)));
  if (leading === undefined) return undefined;
  const { from, to: role } = leading;
  if (brings.some((reference) => !isWhole(options, reference) || (reference.part && rule.bringsParts))) return undefined;
  const plan = edges.scanPlan(model);
  const needs = plan.up.map(({ reference }): Need => {
    return { via: reference.name, direction: 'up', reference, role: rule.up(role, roots.has(reference.parent)) };
  });
  if (plan.up.some(({ reference }) => !isSettled(options, reference))) return undefined;
  return { kind: 'objects', entity, plan, brings, from, role, needs };
}

function asLinkLeaf(options: WalkOptions, entity: Entity): LinkLeaf | undefined {
  const { edges, rule, roots, border } = options;
  const sides = [...edges.schema.entities.keys()]
    .flatMap((model) => edges.sides(model))
    .filter(
      ({ link, from, to }) =>
        link.through === entity.model && from.follow.down !== 'skip' && to.follow.up !== 'cut' && !border.excludes(to.parent),
    );
  const [first] = sides;
  if (first === undefined) return undefined;
  const leading = leadingRole((from) => rule.across(from, roots.has(first.to.parent)));
  if (leading === undefined) return undefined;
  const { from, to: role } = leading;
  if (sides.some((side) => rule.across(from, roots.has(side.to.parent)) !== role)) return undefined;
  if (sides.some(({ from, to }) => !isWhole(options, from) || !isSettled(options, to) || border.guards(to.parent)))
    return undefined;
  const needs = sides.map(({ link, to }): Need => ({ via: link.name, direction: 'across', reference: to, role }));
  return { kind: 'links', entity, brings: sides.map((side) => side.from), from, sides, needs };
}

function leadingRole(step: (from: Role) => Role | undefined): { readonly from: LeadingRole; readonly to: Role } | undefined {
  const [only, ...others] = leadingRoles.flatMap((from) => {
    const to = step(from);
    return to === undefined ? [] : [{ from, to }];
  });
  return others.length === 0 ? only : undefined;
}

/** A reference that brings all children of its parents, by one column. */
function isWhole(options: WalkOptions, reference: Reference): boolean {
  const { where, limit } = reference.follow;
  return byOneColumn(options, reference) && where === undefined && limit === undefined;
}

/** A reference that cannot dangle, to rows that are taken whole: its values are in the closure or must come. */
function isSettled(options: WalkOptions, reference: Reference): boolean {
  const { border, sharedAsKey } = options;
  const stays = border.rule(reference.parent)?.action === 'stub' || sharedAsKey(reference.parent);
  return byOneColumn(options, reference) && reference.constraint?.validated === true && !stays;
}

function byOneColumn({ edges }: WalkOptions, { child, columns, direct, when }: Reference): boolean {
  const [name] = columns;
  if (!direct || when !== undefined || columns.length !== 1 || name === undefined) return false;
  return (
    edges
      .entity(child)
      .columns.find((column) => column.name === name)
      ?.lookupType.endsWith(']') === false
  );
}
