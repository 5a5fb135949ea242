import type { RowReader } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { Edges } from './edges.js';
import type { Role, StepRule } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { Membership } from './membership.js';

/** One step of the answer to "why is this object here?", from a seed on. */
export interface PathStep {
  readonly model: string;
  readonly key: Key;
  /** The reference or link that led here, and how it was followed; the first step is a seed. */
  readonly via: string;
  readonly direction: 'seed' | 'up' | 'down' | 'across';
}

export interface PathOptions {
  readonly edges: Edges;
  readonly reader: RowReader;
  readonly rule: StepRule;
  readonly roots: ReadonlySet<string>;
  readonly seeds: ReadonlyMap<string, KeySet>;
  readonly membership: Membership;
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
    const previous: Node[] = [];
    for (const [levelModel, nodes] of groupByModel(level)) {
      for await (const origin of origins(options, levelModel, nodes)) {
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
async function* origins(options: PathOptions, model: string, nodes: ReadonlyMap<Key, Node>): AsyncGenerator<Node> {
  const { edges, rule, roots } = options;
  const toRoot = roots.has(model);
  for (const reference of edges.down(model)) {
    if (reference.follow.up === 'cut') continue;
    yield* step(options, reference.child, nodes, reference, 'up', (role) => rule.up(role, toRoot) !== undefined);
  }
  for (const reference of edges.up(model)) {
    if (reference.follow.down === 'skip') continue;
    const part = rule.bringsParts && reference.part && !toRoot;
    yield* step(options, reference.parent, nodes, reference, 'down', (role) => part || rule.down(role, toRoot) !== undefined);
  }
  for (const side of edges.sides(model)) {
    const others = pairsAcross(options, [...nodes.keys()], side.from, side.to);
    for await (const [from, other] of others) {
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
  for await (const [child, parent] of pairs(options, reference, [...nodes.keys()], direction === 'up' ? 'parent' : 'child')) {
    const [origin, target] = direction === 'up' ? [child, parent] : [parent, child];
    const node = nodes.get(target);
    const role = roleOf(options.membership, originModel, origin);
    if (node !== undefined && role !== undefined && leads(role))
      yield reached(originModel, origin, node, reference.name, direction);
  }
}

/** [child key, parent key] of all rows that a reference joins, where one side is known. */
async function* pairs(
  { edges, reader }: PathOptions,
  reference: Reference,
  keys: readonly Key[],
  known: 'parent' | 'child',
): AsyncGenerator<readonly [Key, Key]> {
  const child = edges.entity(reference.child);
  const parent = edges.entity(reference.parent);
  const parentOf = reference.direct ? undefined : new Map<Key, Key>();
  if (known === 'parent' && parentOf !== undefined) {
    for await (const [key, value] of both(reader, { entity: parent, columns: parent.key, values: keys }, [
      parent.key,
      reference.parentColumns,
    ]))
      parentOf.set(value, key);
  }
  const through =
    reference.direct || known === 'child'
      ? undefined
      : { entity: parent, columns: reference.parentColumns, keyColumns: parent.key };
  const columns = known === 'parent' ? reference.columns : child.key;
  const found: [Key, Key][] = [];
  const { when } = reference;
  for await (const pair of both(reader, { entity: child, columns, values: keys, through, when }, [child.key, reference.columns]))
    found.push([...pair]);
  if (known === 'child' && parentOf !== undefined) {
    const values = found.map(([, value]) => value);
    const selection = { entity: parent, columns: reference.parentColumns, values };
    for await (const [key, value] of both(reader, selection, [parent.key, reference.parentColumns])) parentOf.set(value, key);
  }
  for (const [childKey, value] of found) {
    const parentKey = parentOf === undefined ? value : parentOf.get(value);
    if (parentKey !== undefined) yield [childKey, parentKey];
  }
}

async function* pairsAcross(
  { edges, reader }: PathOptions,
  keys: readonly Key[],
  from: Reference,
  to: Reference,
): AsyncGenerator<readonly [Key, Key]> {
  const through = edges.entity(from.child);
  if (from.direct && to.direct) {
    yield* both(reader, { entity: through, columns: from.columns, values: keys }, [from.columns, to.columns]);
    return;
  }
  throw new TypeError(`no path is sought across ${from.name}: its columns are no keys`);
}

async function* both(
  reader: RowReader,
  selection: Parameters<RowReader['keys']>[0],
  select: Parameters<RowReader['keys']>[1],
): AsyncGenerator<readonly [Key, Key]> {
  for await (const batch of reader.keys(selection, select)) {
    for (let row = 0; row < batch.count; row += 1) {
      const first = batch.groups[0]?.[row];
      const second = batch.groups[1]?.[row];
      if (first !== null && first !== undefined && second !== null && second !== undefined) yield [first, second];
    }
  }
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
