/** An edge between models: `child` needs `parent`. */
export interface Dependency {
  readonly child: string;
  readonly parent: string;
}

/**
 * Models in dependency order, parents first: strongly connected components (Tarjan 1972), ordered by Kahn's algorithm (1962),
 * ties by the smallest model name. Models of one component (a cycle) stand together, by name. O((V + E) log V).
 */
export function dependencyOrder(models: Iterable<string>, dependencies: Iterable<Dependency>): readonly (readonly string[])[] {
  const nodes = [...new Set(models)].sort();
  const parents = new Map<string, Set<string>>(nodes.map((node) => [node, new Set()]));
  for (const { child, parent } of dependencies) if (child !== parent && parents.has(parent)) parents.get(child)?.add(parent);
  const components = stronglyConnected(nodes, parents).map((component) => component.sort());
  const componentOf = new Map(components.flatMap((component) => component.map((node) => [node, component] as const)));
  const waiting = new Map<readonly string[], Set<readonly string[]>>();
  for (const component of components) {
    const needed = new Set<readonly string[]>();
    for (const node of component) {
      for (const parent of parents.get(node) ?? []) {
        const other = componentOf.get(parent);
        if (other !== undefined && other !== component) needed.add(other);
      }
    }
    waiting.set(component, needed);
  }
  const children = new Map<readonly string[], (readonly string[])[]>();
  for (const [component, needed] of waiting)
    for (const parent of needed) children.set(parent, [...(children.get(parent) ?? []), component]);
  const byName = (a: readonly string[], b: readonly string[]): number => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1);
  const ready = components.filter((component) => waiting.get(component)?.size === 0).sort(byName);
  const ordered: (readonly string[])[] = [];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    ordered.push(Object.freeze(next));
    for (const child of children.get(next) ?? []) {
      const needed = waiting.get(child);
      needed?.delete(next);
      if (needed?.size === 0) insertSorted(ready, child, byName);
    }
  }
  return Object.freeze(ordered);
}

function insertSorted<T>(list: T[], value: T, compare: (a: T, b: T) => number): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list[middle] as T, value) < 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, value);
}

/** Tarjan's algorithm with a stack of its own: a chain of a thousand tables must not exhaust JavaScript's. */
function stronglyConnected(nodes: readonly string[], edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const components: string[][] = [];
  const enter = (node: string): { node: string; rest: Iterator<string> } => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, rest: (edges.get(node) ?? new Set<string>())[Symbol.iterator]() };
  };
  const lower = (node: string, value: number): void => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };
  for (const root of nodes) {
    if (index.has(root)) continue;
    const work = [enter(root)];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const step = frame.rest.next();
      if (step.done !== true) {
        if (!index.has(step.value)) work.push(enter(step.value));
        else if (onStack.has(step.value)) lower(frame.node, index.get(step.value) ?? 0);
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(frame.node) ?? 0);
      if (low.get(frame.node) !== index.get(frame.node)) continue;
      const component: string[] = [];
      for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
        onStack.delete(node);
        component.push(node);
        if (node === frame.node) break;
      }
      components.push(component);
    }
  }
  return components;
}
