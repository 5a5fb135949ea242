import type { FollowRule } from '../../src/index.js';
import type { MadeDatabase, MadeReference } from './made-database.js';
import type { Facts, RowEdge, RowLink, RowName } from './made-edges.js';
import { rowName } from './made-edges.js';
import type { Border, Rules } from './random-rules.js';

/** What an export must take, as `design.md` defines it, found row by row. */
export type ExpectedClosure =
  | { readonly kind: 'refused'; readonly codes: readonly string[] }
  | {
      readonly kind: 'taken';
      /** Row → whether it is owned. */
      readonly rows: ReadonlyMap<RowName, 'owned' | 'shared'>;
      readonly links: ReadonlySet<string>;
      readonly external: ReadonlySet<RowName>;
      /** Row and reference. */
      readonly dangling: ReadonlySet<string>;
      /** Row and reference whose columns are written as NULL. */
      readonly cut: ReadonlySet<string>;
      /** By table and rule, rows that were met and fail it, and are no external objects. */
      readonly failing: ReadonlyMap<string, number>;
      /** By table, rows that cannot be without one that stays out. */
      readonly lost: ReadonlyMap<string, number>;
    };

/** From narrow to wide; `expanded` is followed in every direction without being owned. */
const width = { shared: 1, expanded: 2, owned: 3 } as const;
type Role = keyof typeof width;

/** A made database, its edges from row to row, and what is asked of it. */
export interface World extends Facts {
  readonly database: MadeDatabase;
  readonly rules: Rules;
}

/** Takes rows again, without those that cannot be without a dropped one, until none is left that is taken and cannot be. */
export function expectedClosure(world: World, follow: FollowRule): ExpectedClosure {
  const { rules, edges, links } = world;
  const seeds = new Set(rules.seeds.map(({ table, key }) => rowName(table, key)));
  const dropped = new Set<RowName>();
  for (;;) {
    if ([...seeds].some((seed) => world.failing.has(seed))) return { kind: 'refused', codes: ['SEED_DROPPED'] };
    const { roles, external, crossed, isDropped, met } = take(world, follow, seeds, dropped);
    const leaving = edges.filter(({ child }) => roles.has(child));
    const lost = new Set<RowName>();
    for (let before = -1; before < lost.size;) {
      before = lost.size;
      for (const one of leaving) {
        const { child, parent } = one;
        if (parent !== undefined && (isDropped(parent) || lost.has(parent)) && !canBeNull(world, one)) lost.add(child);
      }
    }
    if ([...lost].some((child) => seeds.has(child))) return { kind: 'refused', codes: ['SEED_DROPPED'] };
    for (const child of lost) dropped.add(child);
    if (lost.size > 0) continue;
    if (crossed.size > 0) return { kind: 'refused', codes: [...crossed] };
    const isCut = ({ reference, parent }: RowEdge): boolean =>
      rules.follow.get(reference)?.up === 'cut' || (parent !== undefined && isDropped(parent));
    const named = (some: readonly RowEdge[]): Set<string> => new Set(some.map(edgeName));
    return {
      kind: 'taken',
      rows: new Map([...roles].map(([row, role]) => [row, role === 'owned' ? 'owned' : 'shared'])),
      links: new Set(links.filter((link) => goesOut(follow, roles, link)).map(linkName)),
      external: new Set([...external].filter((row) => !roles.has(row))),
      dangling: named(leaving.filter((one) => one.parent === undefined && !isCut(one))),
      cut: named(leaving.filter(isCut)),
      failing: counted(
        [...met].filter((row) => !external.has(row)).map((row) => `${tableOf(row)} ${world.failing.get(row)?.name ?? ''}`),
      ),
      lost: counted([...dropped].map(tableOf)),
    };
  }
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

interface Taken {
  readonly roles: ReadonlyMap<RowName, Role>;
  readonly external: ReadonlySet<RowName>;
  /** The codes of borders that were crossed. */
  readonly crossed: ReadonlySet<string>;
  readonly isDropped: (row: RowName) => boolean;
  /** Rows that were met and fail a rule of the policy. */
  readonly met: ReadonlySet<RowName>;
}

/** From row to row, wherever the rule, the roots, the borders and the policy let it. */
function take(world: World, follow: FollowRule, seeds: ReadonlySet<RowName>, lost: ReadonlySet<RowName>): Taken {
  const { rules, edges, links } = world;
  const allowed = aboveSeeds(world, seeds);
  const borderOf = (row: RowName): Border | undefined => {
    const border = rules.borders.get(tableOf(row));
    return border?.kind === 'boundary' && allowed.has(row) ? undefined : border;
  };
  const isDropped = (row: RowName): boolean => {
    const border = borderOf(row);
    return lost.has(row) || border?.action === 'drop' || (border === undefined && world.failing.get(row)?.otherwise === 'drop');
  };
  const met = new Set<RowName>();
  const walls = new Set([...rules.roots, ...(follow === 'connected' ? rules.seeds.map(({ table }) => table) : [])]);
  const roles = new Map<RowName, Role>();
  const external = new Set<RowName>();
  const crossed = new Set<string>();
  const visit = (row: RowName, role: Role, isNeeded: boolean, isWhole = false): void => {
    const border = borderOf(row);
    const failed = border === undefined && !lost.has(row) ? world.failing.get(row) : undefined;
    if (failed !== undefined) {
      met.add(row);
      if (isNeeded && failed.otherwise === 'error') crossed.add('RULE_BROKEN');
      if (isNeeded && failed.otherwise === 'stub') external.add(row);
      return;
    }
    if (isDropped(row)) return;
    if (border?.action === 'error') crossed.add(border.kind === 'boundary' ? 'BOUNDARY_CROSSED' : 'EXCLUDED_NEEDED');
    const { shared } = rules;
    const isKey =
      !isWhole && role === 'shared' && (shared === 'all' || (typeof shared === 'object' && shared.table === tableOf(row)));
    if (isNeeded && (border?.action === 'stub' || (border === undefined && isKey))) external.add(row);
    const before = roles.get(row);
    if (border !== undefined || isKey || (before !== undefined && width[before] >= width[role])) return;
    roles.set(row, role);
    leave(row, role);
  };
  const leave = (row: RowName, role: Role): void => {
    for (const one of edges) {
      if (one.child === row && one.parent !== undefined && rules.follow.get(one.reference)?.up !== 'cut') {
        const isExpanded = follow === 'connected' && role !== 'shared' && !walls.has(one.reference.parent);
        visit(one.parent, isExpanded ? 'expanded' : 'shared', true);
      }
      if (one.parent === row) {
        const below = roleBelow(world, follow, walls, one, role);
        if (below !== undefined) visit(one.child, below, false);
      }
    }
    if (role === 'shared' || follow === 'dependencies') return;
    for (const { owner, inverse } of links) {
      for (const [from, to] of [
        [owner, inverse],
        [inverse, owner],
      ] as const) {
        if (from !== row || rules.borders.get(tableOf(to))?.kind === 'exclude') continue;
        if (follow === 'owned' && role === 'owned') visit(to, 'shared', false);
        if (follow === 'connected' && !walls.has(tableOf(to))) visit(to, 'expanded', false);
      }
    }
  };
  for (const seed of seeds) visit(seed, 'owned', false);
  for (const row of world.whole) visit(row, 'shared', false, true);
  return { roles, external, crossed, isDropped, met };
}

/** Whether the edge can be written as NULL, or is anyway. */
function canBeNull({ rules }: World, { reference }: RowEdge): boolean {
  return (!reference.required && reference.ownColumns) || rules.follow.get(reference)?.up === 'cut';
}

export function edgeName({ reference, child }: Pick<RowEdge, 'reference' | 'child'>): string {
  return `${child} ${reference.name}`;
}

export function linkName({ link, owner, inverse }: RowLink): string {
  return `${link.through}: ${owner} ${inverse}`;
}

/** Down to children that the rule follows, else to parts; never into a root entity, nor where the policy ends the world. */
function roleBelow(
  { database, rules }: World,
  follow: FollowRule,
  walls: ReadonlySet<string>,
  { reference, down }: RowEdge,
  role: Role,
): Role | undefined {
  const { child } = reference;
  if (!down || follow === 'dependencies' || walls.has(child)) return undefined;
  if (rules.follow.get(reference)?.down === 'skip') return undefined;
  const border = rules.borders.get(child);
  if (border?.kind === 'exclude') return undefined;
  if (role === 'owned' || (follow === 'connected' && role === 'expanded')) return role;
  return isPart(database, rules, reference) && border === undefined ? 'shared' : undefined;
}

/** Declared eager, and the only reference of its entity; or named by the policy. */
export function isPart(database: MadeDatabase, rules: Rules, reference: MadeReference): boolean {
  const alone = database.references.filter(({ child }) => child === reference.child).length === 1;
  return rules.parts.has(reference) || (reference.eager && alone);
}

function goesOut(follow: FollowRule, roles: ReadonlyMap<RowName, Role>, { owner, inverse }: RowLink): boolean {
  const [one, other] = [roles.get(owner), roles.get(inverse)];
  if (follow === 'dependencies' || one === undefined || other === undefined) return false;
  const leads = (role: Role): boolean => (follow === 'owned' ? role === 'owned' : role !== 'shared');
  return leads(one) || leads(other);
}

/** The seeds and all that lies above them. */
function aboveSeeds({ edges, rules, failing }: World, seeds: ReadonlySet<RowName>): ReadonlySet<RowName> {
  const above = new Set(seeds);
  for (const row of above) {
    for (const { child, parent, reference } of edges) {
      if (child !== row || parent === undefined || rules.follow.get(reference)?.up === 'cut') continue;
      if (!failing.has(parent)) above.add(parent);
    }
  }
  return above;
}

function tableOf(row: RowName): string {
  return row.slice(0, row.indexOf(' '));
}
