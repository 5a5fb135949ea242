import type { RowSet } from '../dialect/row-reader.js';
import type { EdgeOfWorld } from '../policy/policy.js';
import type { Link, Reference } from '../schema/schema.js';
import type { Role } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet, KeyView } from './key-set.js';
import type { LeftOutCount } from './left-out.js';

/** The set of rows an export takes: decided entirely from keys, before any row is written. */
export interface Closure {
  /** By model, every row that leaves and was listed, and among them the owned ones. Models without rows are absent. */
  readonly taken: ReadonlyMap<string, EntityClosure>;
  /** By model, rows that leave and were never listed; such a model is not in `taken`. */
  readonly described: ReadonlyMap<string, DescribedSet>;
  /** By model, rows that are referenced and stay at home. */
  readonly external: ReadonlyMap<string, KeySet>;
  /** By model, rows at the other end of links that stay at home, and these links with them. */
  readonly unlinked: ReadonlyMap<string, KeySet>;
  /** References that dangle in the source: they go out as they are. Links that do stay at home. */
  readonly dangling: readonly DanglingReference[];
  /** References whose value is written as NULL: all of them, or those that hold one of these values. */
  readonly cut: ReadonlyMap<Reference, 'all' | KeySet>;
  /** Links that can go out: those with both ends taken, and one of them owned (under `connected`: expanded). */
  readonly links: readonly Link[];
  /** Rows that each reference and direction brought, for `explain` and for budget errors. */
  readonly steps: readonly ClosureStep[];
  /** Who was left out by which rule. */
  readonly leftOut: readonly LeftOutCount[];
  /** What the policy's rules of rows came to, whether or not one stayed at home. */
  readonly rules: readonly RuleOutcome[];
}

export interface EntityClosure {
  readonly taken: KeyView;
  readonly owned: KeyView;
  /** Rows whose links go out: the owned ones, under `connected` all that were expanded. */
  readonly expanded: KeyView;
}

/** Rows that are there because of what they hold; all in one role. */
export interface DescribedSet extends RowSet {
  readonly role: Role;
  readonly count: number;
  readonly steps: readonly ClosureStep[];
}

/** How many rows of a model leave. */
export function countOf({ taken, described }: Pick<Closure, 'taken' | 'described'>, model: string): number {
  return taken.get(model)?.taken.size ?? described.get(model)?.count ?? 0;
}

/** A reference or a link that leads to no row. */
export interface DanglingReference {
  /** The object that holds it; of a link, the one at its other end. */
  readonly model: string;
  readonly key: Key;
  /** Of the reference, or of the link. */
  readonly name: string;
  /** Of a link, the one of its two that leads nowhere. */
  readonly reference: Reference;
  readonly value: Key;
}

export interface ClosureStep {
  readonly depth: number;
  /** Reference name, or link name. */
  readonly via: string;
  /** `whole`: the policy lets all rows of the model leave. */
  readonly direction: 'seed' | 'whole' | 'up' | 'down' | 'across';
  readonly model: string;
  /** Rows that were new. */
  readonly count: number;
}

/** What a rule of the policy did with rows of its model. */
export interface RuleOutcome {
  readonly model: string;
  readonly rule: string;
  readonly action: EdgeOfWorld;
  /** Rows that fail it and stay at home as external objects. */
  readonly external: number;
  /** Other rows that stay at home because of it. */
  readonly leftOut: number;
}
