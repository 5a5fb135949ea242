import type { RowJoin, RowReader } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { ClosureStep } from './closure.js';
import type { Edges, LinkSide } from './edges.js';
import type { Role, StepRule } from './follow-rule.js';
import type { Key } from './key.js';
import { innerPairs } from './inner-holders.js';
import { keyPairs } from './key-pairs.js';
import type { KeySet } from './key-set.js';
import type { Membership } from './membership.js';

/** One step of the answer to "why is this object here?", from a seed on. */
export interface PathStep {
  readonly model: string;
  readonly key: Key;
  /** The reference or link that led here, and how it was followed; the first step is a seed, or a row of a model that leaves whole. */
  readonly via: string;
  readonly direction: ClosureStep['direction'];
}

export interface PathOptions {
  readonly edges: Edges;
  readonly reader: RowReader;
  readonly rule: StepRule;
  readonly roots: ReadonlySet<string>;
  readonly seeds: ReadonlyMap<string, KeySet>;
  readonly whole: ReadonlySet<string>;
  readonly membership: Membership;
  /** Whether the last step must be one up: it is asked who needs the row, not what it belongs to. */
  readonly needed?: boolean;
}

interface Node extends PathStep {
  readonly next: Node | undefined;
}

/**
 * The shortest way from a seed to a row, found backwards: from the row, level by level, to the taken rows that the follow
 * rule can have come from, until one is a seed. Nothing had to be remembered while the closure was taken.
 */
export async function shortestPath(options: PathOptions, model: string, key: Key): Promise<readonly PathStep[] | undefined> {
  const seen = new Set<string>([nodeId(model, key)]);
  let level: Node[] = [{ model, key, via: '', direction: 'seed', next: undefined }];
  while (level.length > 0) {
    const seed = level.find((node) => options.seeds.get(node.model)?.has(node.key) === true);
    if (seed !== undefined) return unfold(seed);
    const whole = level.find((node) => options.whole.has(node.model) && options.membership.has(node.model, node.key, 'shared'));
    if (whole !== undefined) return unfold({ ...whole, direction: 'whole' });
    const previous: Node[] = [];
    for (const [levelModel, nodes] of groupByModel(level)) {
      const upOnly = options.needed === true && seen.size === 1;
      for await (const origin of origins(options, levelModel, nodes, upOnly)) {
        const id = nodeId(origin.model, origin.key);
        if (seen.has(id)) continue;
        seen.add(id);
        previous.push(origin);
      }
    }
    level = previous;
  }
  return undefined;
}

/** Taken rows from which one step leads to one of `nodes`. The node that comes back still lacks how it was reached itself. */
async function* origins(
  options: PathOptions,
  model: string,
  nodes: ReadonlyMap<Key, Node>,
  upOnly: boolean,
): AsyncGenerator<Node> {
  const { edges, rule, roots } = options;
  const toRoot = roots.has(model);
  for (const reference of edges.down(model)) {
    // Of a table without key nothing can have been taken.
    if (reference.follow.up === 'cut' || edges.entity(reference.child).key.length === 0) continue;
    yield* step(options, reference.child, nodes, reference, 'up', () => true);
  }
  for (const reference of edges.innerTo(model)) {
    for await (const [origin, target] of innerPairs(options, reference, [...nodes.keys()])) {
      const node = nodes.get(target);
      if (node !== undefined) yield reached(reference.child, origin, node, reference.name, 'up');
    }
  }
  if (upOnly) return;
  for (const reference of edges.up(model)) {
    if (reference.follow.down === 'skip') continue;
    const part = rule.bringsParts && reference.part && !toRoot;
    yield* step(options, reference.parent, nodes, reference, 'down', (role) => part || rule.down(role, toRoot) !== undefined);
  }
  for (const side of edges.sides(model)) {
    if (side.to.follow.down === 'skip' || side.from.follow.up === 'cut') continue;
    for await (const [from, other] of pairsAcross(options, [...nodes.keys()], side)) {
      const node = nodes.get(from);
      const role = roleOf(options.membership, side.to.parent, other);
      if (node === undefined || role === undefined || rule.across(role, toRoot) === undefined) continue;
      yield reached(side.to.parent, other, node, side.link.name, 'across');
    }
  }
}

async function* step(
  options: PathOptions,
  originModel: string,
  nodes: ReadonlyMap<Key, Node>,
  reference: Reference,
  direction: 'up' | 'down',
  leads: (role: Role) => boolean,
): AsyncGenerator<Node> {
  const found: (readonly [origin: Key, node: Node])[] = [];
  for await (const [child, parent] of pairs(options, reference, direction === 'up' ? 1 : 0, [...nodes.keys()])) {
    const [origin, target] = direction === 'up' ? [child, parent] : [parent, child];
    const node = nodes.get(target);
    const role = roleOf(options.membership, originModel, origin);
    if (node !== undefined && role !== undefined && leads(role)) found.push([origin, node]);
  }
  const origins = found.map(([origin]) => origin);
  const passed = direction === 'up' ? undefined : await passing(options, reference, origins);
  for (const [origin, node] of found) {
    if (passed?.has(node.key) !== false) yield reached(originModel, origin, node, reference.name, direction);
  }
}

/** [child key, parent key] of all rows that a reference joins, where one side is known. */
function pairs(
  options: PathOptions,
  reference: Reference,
  known: 0 | 1,
  keys: readonly Key[],
): AsyncGenerator<readonly [Key, Key]> {
  const { edges } = options;
  const { when } = reference;
  return keyPairs(
    options.reader.pairs({ holder: edges.entity(reference.child), references: [endOf(edges, reference)], when }, known, keys),
  );
}

function pairsAcross(
  { edges, reader }: PathOptions,
  keys: readonly Key[],
  { from, to }: LinkSide,
): AsyncGenerator<readonly [Key, Key]> {
  return keyPairs(
    reader.pairs({ holder: edges.entity(from.child), references: [endOf(edges, from), endOf(edges, to)] }, 0, keys),
  );
}

function endOf(edges: Edges, { parent, columns, parentColumns }: Reference): RowJoin['references'][number] {
  return { entity: edges.entity(parent), columns, parentColumns };
}

/** Children that a filter or a limit of the policy lets pass. */
async function passing(
  { edges, reader }: PathOptions,
  reference: Reference,
  parents: readonly Key[],
): Promise<ReadonlySet<Key> | undefined> {
  const { where, limit } = reference.follow;
  if (where === undefined && limit === undefined) return undefined;
  const [child, parent] = [edges.entity(reference.child), edges.entity(reference.parent)];
  const through = { entity: parent, columns: reference.parentColumns, keyColumns: parent.key };
  const selection = { entity: child, columns: reference.columns, values: parents, through, when: reference.when, where, limit };
  const found = new Set<Key>();
  for await (const batch of reader.keys(selection, [child.key]))
    for (const key of batch.groups[0] ?? []) if (key !== null) found.add(key);
  return found;
}

function roleOf(membership: Membership, model: string, key: Key): Role | undefined {
  return (['owned', 'expanded', 'shared'] as const).find((role) => membership.has(model, key, role));
}

function reached(model: string, key: Key, next: Node, via: string, direction: PathStep['direction']): Node {
  return { model, key, via: '', direction: 'seed', next: { ...next, via, direction } };
}

function unfold(seed: Node): readonly PathStep[] {
  const path: PathStep[] = [];
  for (let node: Node | undefined = seed; node !== undefined; node = node.next) {
    path.push({ model: node.model, key: node.key, via: node.via, direction: node.direction });
  }
  return path;
}

function groupByModel(nodes: readonly Node[]): ReadonlyMap<string, ReadonlyMap<Key, Node>> {
  const groups = new Map<string, Map<Key, Node>>();
  for (const node of nodes) {
    const group = groups.get(node.model);
    if (group === undefined) groups.set(node.model, new Map([[node.key, node]]));
    else group.set(node.key, node);
  }
  return groups;
}

function nodeId(model: string, key: Key): string {
  return `${model}\0${String(key)}`;
}
