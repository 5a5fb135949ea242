import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import type { KeyList } from '../closure/key-list.js';
import { createKeyList } from '../closure/key-list.js';
import { compareKeys } from '../closure/key-order.js';
import type { PlannedModel } from './planned-model.js';
import { valueReader } from './reference-value.js';

/** Which objects of one model need which of another, or of the same, by one reference. */
interface Edges {
  readonly child: PlannedModel;
  readonly parent: PlannedModel;
  readonly value: (object: ArchiveObject) => Key | undefined;
  readonly children: KeyList;
  readonly parents: KeyList;
}

/**
 * Who needs whom where an object can need one that stands behind it, as one pass over the archive meets them: so that what is skipped takes
 * with it all that needs it at once, and not only the next level. Two keys for each reference of an object.
 */
export class SkipEdges {
  readonly #byModel = new Map<string, readonly Edges[]>();

  private constructor(edges: readonly Edges[]) {
    for (const one of edges) {
      const { model } = one.child.target;
      this.#byModel.set(model, [...(this.#byModel.get(model) ?? []), one]);
    }
  }

  /** Undefined where nothing can be skipped, or nothing can be needed before it comes. */
  static of(models: ReadonlyMap<string, PlannedModel>): SkipEdges | undefined {
    const all = [...models.values()];
    if (!all.some(({ target }) => target.strategy === 'skip')) return undefined;
    const places = new Map(all.map(({ target }, place) => [target.entity.model, place]));
    const held = all.flatMap((child, from) =>
      child.target.references.flatMap((reference) => {
        const to = places.get(reference.parent);
        const parent = to === undefined ? undefined : all[to];
        return !reference.direct || to === undefined || parent === undefined ? [] : [{ child, parent, reference, from, to }];
      }),
    );
    const spans = held.filter(({ from, to }) => to >= from);
    // Whoever stands between an object and what it needs behind itself can be on the way from one to the other.
    const isBetween = (place: number, span: (typeof spans)[number]): boolean => place >= span.from && place <= span.to;
    const edges = held
      .filter(({ from, to }) => spans.some((span) => isBetween(from, span) && isBetween(to, span)))
      .map(({ child, parent, reference }) => ({
        ...{ child, parent, value: valueReader(child.target, reference) },
        children: createKeyList(child.target.entity),
        parents: createKeyList(parent.target.entity),
      }));
    return edges.length === 0 ? undefined : new SkipEdges(edges);
  }

  /** What an object needs that is not in the target as it is, nor written with another key for what it needs. */
  note({ target }: PlannedModel, key: Key, object: ArchiveObject): void {
    for (const { value, children, parents } of this.#byModel.get(target.model) ?? []) {
      const held = value(object);
      if (held === undefined) continue;
      children.push(key);
      parents.push(held);
    }
  }

  /** Skips all that needs a skipped object which no row stands in for, and all that needs that in turn. */
  spread(): void {
    const byParent = new Map<PlannedModel, Sorted[]>();
    for (const edges of [...this.#byModel.values()].flat()) {
      if (edges.children.length === 0) continue;
      const known = byParent.get(edges.parent) ?? [];
      byParent.set(edges.parent, known);
      known.push(new Sorted(edges));
    }
    const open: (readonly [PlannedModel, Key])[] = [];
    const lose = (planned: PlannedModel, key: Key): void => {
      const isNew = planned.skipped.add(key);
      if (!planned.standIns.delete(key) && !isNew) return;
      open.push([planned, key]);
    };
    for (const [parent, all] of byParent)
      for (const sorted of all)
        for (const [key, child] of sorted.pairs())
          if (parent.skipped.has(key) && !parent.standIns.has(key)) lose(sorted.child, child);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [planned, key] = next;
      for (const sorted of byParent.get(planned) ?? []) for (const child of sorted.childrenOf(key)) lose(sorted.child, child);
    }
  }
}

/** Edges in the order of what is needed. */
class Sorted {
  readonly child: PlannedModel;
  readonly #edges: Edges;
  readonly #order: Uint32Array;
  readonly #compare: (one: Key, other: Key) => number;

  constructor(edges: Edges) {
    const { child, parent, parents } = edges;
    this.child = child;
    this.#edges = edges;
    this.#compare = compareKeys(parent.target.entity);
    this.#order = Uint32Array.from({ length: parents.length }, (_, at) => at).sort((one, other) => parents.compare(one, other));
  }

  *pairs(): Generator<readonly [parent: Key, child: Key]> {
    const { children, parents } = this.#edges;
    for (let at = 0; at < parents.length; at += 1) yield [parents.at(at), children.at(at)];
  }

  *childrenOf(parent: Key): Generator<Key> {
    const { children, parents } = this.#edges;
    const [order, compare] = [this.#order, this.#compare];
    let [from, to] = [0, order.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (compare(parents.at(order[middle] as number), parent) < 0) from = middle + 1;
      else to = middle;
    }
    for (; from < order.length; from += 1) {
      const place = order[from] as number;
      const held = parents.at(place);
      if (held === parent) yield children.at(place);
      else if (compare(held, parent) !== 0) return;
    }
  }
}
