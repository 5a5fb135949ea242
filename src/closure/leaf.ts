import type { Reference } from '../schema/schema.js';
import type { ScanPlan } from './edges.js';
import type { Role } from './follow-rule.js';
import type { WalkOptions } from './walk-options.js';

/**
 * A model whose rows need no list: nothing leads on from them, nobody references them, and each is there because a column of its own
 * holds the key of a row that brings its children. It is often the largest table: messages, events, log entries.
 */
export interface Leaf {
  readonly plan: ScanPlan;
  /** The references whose children come, in the schema's order. */
  readonly down: readonly Reference[];
  /** The one role in which a row brings its children, and theirs. */
  readonly from: Role;
  readonly role: Role;
}

const roles = ['shared', 'expanded', 'owned'] as const satisfies readonly Role[];

/** The model as a leaf; undefined where its rows, or what they reference, must be known one by one. */
export function asLeaf(options: WalkOptions, model: string): Leaf | undefined {
  const { edges, rule, roots, border, seeds } = options;
  const plan = edges.scanPlan(model);
  const { entity } = plan;
  if (entity.role === 'link' || entity.key.length === 0 || seeds.has(model) || border.guards(model)) return undefined;
  if (edges.down(model).length > 0 || edges.sides(model).length > 0) return undefined;
  const down = edges.up(model).filter((reference) => reference.follow.down !== 'skip');
  const leading = roles.flatMap((from) => {
    const role = rule.down(from, roots.has(model));
    return role === undefined ? [] : [{ from, role }];
  });
  const [only] = leading;
  if (down.length === 0 || only === undefined || leading.length > 1) return undefined;
  if (only.role === 'shared' && options.sharedAsKey(model)) return undefined;
  const listed = down.some(
    (reference) =>
      !byOneColumn(options, reference) ||
      (reference.part && rule.bringsParts) ||
      reference.follow.where !== undefined ||
      reference.follow.limit !== undefined,
  );
  if (listed || plan.up.some(({ reference }) => !isSettled(options, reference))) return undefined;
  return { plan, down, ...only };
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

/** A reference that cannot dangle, to rows that are taken whole: its values are in the closure or must come. */
function isSettled(options: WalkOptions, reference: Reference): boolean {
  const { border, sharedAsKey } = options;
  const stays = border.rule(reference.parent)?.action === 'stub' || sharedAsKey(reference.parent);
  return byOneColumn(options, reference) && reference.constraint?.validated === true && !stays;
}
