import type { ColumnGroup } from '../dialect/row-reader.js';
import type { KeyFinder } from '../inside/key-finder.js';
import { keyFinder } from '../inside/key-finder.js';
import { keyFormOf } from '../inside/key-form.js';
import type { Entity, InnerReference, Link, Reference, Schema } from '../schema/schema.js';
import type { Key } from './key.js';
import type { ToParentValue } from './parent-value.js';
import { toParentValue } from './parent-value.js';

/** One reference that leads up from a child, and where its values stand in the groups that a scan of the child selects. */
export interface UpEdge {
  readonly reference: Reference;
  readonly group: number;
  /** Where the values are written otherwise than the parent's. */
  readonly toParent: ToParentValue | undefined;
  /** Where the keys stand inside the values. */
  readonly find: KeyFinder | undefined;
  /** Group and text of the discriminating column of a declared reference. */
  readonly when: { readonly group: number; readonly value: string } | undefined;
}

/** What a scan of an entity selects so that each row's way up is known: group 0 is the key. */
export interface ScanPlan {
  readonly entity: Entity;
  readonly groups: readonly ColumnGroup[];
  readonly up: readonly UpEdge[];
}

/** One side of a link: from rows of `from`, through the join table, to rows of `to`. */
export interface LinkSide {
  readonly link: Link;
  readonly from: Reference;
  readonly to: Reference;
}

/** The schema's edges by the model they start from. Built once per run; edges over withheld columns do not exist. */
export class Edges {
  readonly schema: Schema;
  readonly #plans = new Map<string, ScanPlan>();
  readonly #down = new Map<string, Reference[]>();
  readonly #up = new Map<string, Reference[]>();
  readonly #sides = new Map<string, LinkSide[]>();
  readonly #inner = new Map<string, InnerReference[]>();
  readonly #innerTo = new Map<string, InnerReference[]>();

  constructor(schema: Schema) {
    this.schema = schema;
    const through = new Set(schema.links.map((link) => link.through));
    for (const reference of schema.references) {
      if (through.has(reference.child) || !travels(schema, reference)) continue;
      append(this.#down, reference.parent, reference);
      append(this.#up, reference.child, reference);
    }
    for (const reference of schema.inner) {
      if (!travels(schema, reference)) continue;
      append(this.#inner, reference.child, reference);
      append(this.#innerTo, reference.parent, reference);
    }
    for (const link of schema.links) {
      append(this.#sides, link.owner.parent, { link, from: link.owner, to: link.inverse });
      append(this.#sides, link.inverse.parent, { link, from: link.inverse, to: link.owner });
    }
  }

  down(model: string): readonly Reference[] {
    return this.#down.get(model) ?? [];
  }

  up(model: string): readonly Reference[] {
    return this.#up.get(model) ?? [];
  }

  /** References whose keys stand inside values of the model's rows. They lead up only. */
  inner(model: string): readonly InnerReference[] {
    return this.#inner.get(model) ?? [];
  }

  /** Those that lead to the model's rows. */
  innerTo(model: string): readonly InnerReference[] {
    return this.#innerTo.get(model) ?? [];
  }

  finder({ inside, parent, parentColumns }: InnerReference): KeyFinder {
    const column = this.entity(parent).columns.find(({ name }) => name === parentColumns[0]);
    return keyFinder(inside, column === undefined ? undefined : keyFormOf(column));
  }

  sides(model: string): readonly LinkSide[] {
    return this.#sides.get(model) ?? [];
  }

  entity(model: string): Entity {
    const entity = this.schema.entities.get(model);
    if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
    return entity;
  }

  /** What to select when rows of this entity are met. References that are cut are not looked at. */
  scanPlan(model: string): ScanPlan {
    const existing = this.#plans.get(model);
    if (existing !== undefined) return existing;
    const entity = this.entity(model);
    const groups: ColumnGroup[] = [entity.key];
    const up: UpEdge[] = [];
    for (const reference of [...this.up(model), ...this.inner(model)]) {
      if (reference.follow.up === 'cut') continue;
      const when = reference.when;
      up.push({
        reference,
        group: groupOf(groups, reference.columns),
        toParent: toParentValue(reference),
        find: isInner(reference) ? this.finder(reference) : undefined,
        when: when === undefined ? undefined : { group: groupOf(groups, [when.column]), value: when.value },
      });
    }
    const plan = Object.freeze({ entity, groups: Object.freeze(groups), up: Object.freeze(up) });
    this.#plans.set(model, plan);
    return plan;
  }
}

/** The value of a reference in one row of a batch; null where it is NULL or does not hold for this row. */
export function valueOf(edge: UpEdge, groups: readonly (readonly (Key | null)[])[], row: number): Key | null {
  if (edge.when !== undefined) {
    const discriminator = groups[edge.when.group]?.[row];
    if (discriminator === null || discriminator === undefined || String(discriminator) !== edge.when.value) return null;
  }
  return groups[edge.group]?.[row] ?? null;
}

/** Whether its keys stand inside values. */
export function isInner(reference: Reference): reference is InnerReference {
  return reference.inside !== undefined;
}

function groupOf(groups: ColumnGroup[], columns: ColumnGroup): number {
  const found = groups.findIndex((group) => group.length === columns.length && group.every((name, at) => name === columns[at]));
  return found >= 0 ? found : groups.push(columns) - 1;
}

function travels(schema: Schema, reference: Reference): boolean {
  const child = schema.entities.get(reference.child);
  return !reference.columns.some((name) => child?.columns.find((column) => column.name === name)?.withheld !== undefined);
}

function append<T>(map: Map<string, T[]>, model: string, value: T): void {
  const list = map.get(model);
  if (list === undefined) map.set(model, [value]);
  else list.push(value);
}
