import type { ArchiveHeader } from '../archive/archive.js';
import { dependencyOrder } from '../schema/dependency-order.js';

/** The models of several archives in one order: that of each where they agree, else parents before children, as far as the headers tell. */
export function unitedOrder(headers: readonly ArchiveHeader[]): readonly string[] {
  const [first, ...others] = headers.map(({ order }) => order);
  if (first !== undefined && others.every((order) => sameList(order, first))) return first;
  const dependencies = headers.flatMap(({ entities }) =>
    Object.entries(entities).flatMap(([child, { references }]) => references.map(({ parent }) => ({ child, parent }))),
  );
  return dependencyOrder(
    headers.flatMap(({ order }) => order),
    dependencies,
  ).flat();
}

export function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
