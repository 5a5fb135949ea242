import type { FollowRule } from '../../src/index.js';
import type { MadeDatabase, MadeReference } from './made-database.js';
import type { RowEdge, RowLink, RowName } from './made-edges.js';
import { rowName } from './made-edges.js';
import type { Rules } from './random-rules.js';

/** What an export must take, as `design.md` defines it, found row by row. */
export type ExpectedClosure =
  | { readonly kind: 'refused'; readonly code: string }
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
    };

/** From narrow to wide; `expanded` is followed in every direction without being owned. */
const width = { shared: 1, expanded: 2, owned: 3 } as const;
type Role = keyof typeof width;

/** A made database, its edges from row to row, and what is asked of it. */
export interface World {
  readonly database: MadeDatabase;
  readonly edges: readonly RowEdge[];
  readonly links: readonly RowLink[];
  readonly rules: Rules;
}

export function expectedClosure(world: World, follow: FollowRule): ExpectedClosure {
  const { rules, edges, links } = world;
  const { edge } = rules;
  const seeds = new Set(rules.seeds.map(({ table, key }) => rowName(table, key)));
  const allowed = edge?.kind === 'boundary' ? aboveSeeds(world, seeds) : new Set<RowName>();
  const isOutside = (row: RowName): boolean => edge !== undefined && tableOf(row) === edge.table && !allowed.has(row);
  const dropped = edge?.action === 'drop' ? needing(world, isOutside) : new Set<RowName>();
  const walls = new Set([...rules.roots, ...(follow === 'connected' ? rules.seeds.map(({ table }) => table) : [])]);
  const roles = new Map<RowName, Role>();
  const external = new Set<RowName>();
  let reachesOutside = false;
  const visit = (row: RowName, role: Role, isNeeded: boolean): void => {
    if (dropped.has(row) || (edge?.action === 'drop' && isOutside(row))) {
      reachesOutside ||= seeds.has(row);
      return;
    }
    if (isOutside(row)) {
      if (edge?.action === 'error') reachesOutside = true;
      else if (isNeeded) external.add(row);
      return;
    }
    if (
      role === 'shared' &&
      (rules.shared === 'all' || (typeof rules.shared === 'object' && rules.shared.table === tableOf(row)))
    ) {
      if (isNeeded) external.add(row);
      return;
    }
    const before = roles.get(row);
    if (before !== undefined && width[before] >= width[role]) return;
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
        if (from !== row || (edge?.kind === 'exclude' && tableOf(to) === edge.table)) continue;
        if (follow === 'owned' && role === 'owned') visit(to, 'shared', false);
        if (follow === 'connected' && !walls.has(tableOf(to))) visit(to, 'expanded', false);
      }
    }
  };
  for (const seed of seeds) visit(seed, 'owned', false);
  if (reachesOutside) {
    const crossed = edge?.kind === 'boundary' ? 'BOUNDARY_CROSSED' : 'EXCLUDED_NEEDED';
    return { kind: 'refused', code: edge?.action === 'drop' ? 'SEED_DROPPED' : crossed };
  }
  for (const row of roles.keys()) external.delete(row);
  const isCut = ({ reference, parent }: RowEdge): boolean => {
    if (rules.follow.get(reference)?.up === 'cut') return true;
    return parent !== undefined && (dropped.has(parent) || (edge?.action === 'drop' && isOutside(parent)));
  };
  const leaving = edges.filter(({ child }) => roles.has(child));
  const named = (some: readonly RowEdge[]): Set<string> => new Set(some.map(edgeName));
  return {
    kind: 'taken',
    rows: new Map([...roles].map(([row, role]) => [row, role === 'owned' ? 'owned' : 'shared'])),
    links: new Set(links.filter((link) => goesOut(follow, roles, link)).map(linkName)),
    external,
    dangling: named(leaving.filter((one) => one.parent === undefined && !isCut(one))),
    cut: named(leaving.filter(isCut)),
  };
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
  if (rules.edge?.kind === 'exclude' && rules.edge.table === child) return undefined;
  if (role === 'owned' || (follow === 'connected' && role === 'expanded')) return role;
  return isPart(database, rules, reference) && rules.edge?.table !== child ? 'shared' : undefined;
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
function aboveSeeds({ edges, rules }: World, seeds: ReadonlySet<RowName>): ReadonlySet<RowName> {
  const above = new Set(seeds);
  for (const row of above) {
    for (const { child, parent, reference } of edges) {
      if (child === row && parent !== undefined && rules.follow.get(reference)?.up !== 'cut') above.add(parent);
    }
  }
  return above;
}

/** Rows that cannot be without one that stays out. */
function needing({ edges, rules }: World, isOutside: (row: RowName) => boolean): ReadonlySet<RowName> {
  const out = new Set<RowName>();
  for (let before = -1; before < out.size;) {
    before = out.size;
    for (const { child, parent, reference } of edges) {
      const canBeNull = !reference.required && reference.ownColumns;
      if (parent === undefined || canBeNull || rules.follow.get(reference)?.up === 'cut') continue;
      if (isOutside(parent) || out.has(parent)) out.add(child);
    }
  }
  return out;
}

function tableOf(row: RowName): string {
  return row.slice(0, row.indexOf(' '));
}
