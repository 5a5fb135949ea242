import type { FollowRule } from '../terms.js';

/**
 * Why a row is in the closure, from narrow to wide. A row that is reached several ways takes the widest.
 * `expanded` exists under `connected` only: a row that is followed in every direction without being owned.
 */
export type Role = 'shared' | 'expanded' | 'owned';

/** What a follow rule says of one step: the role of the row it leads to, or undefined where it does not lead anywhere. */
export interface StepRule {
  up(from: Role, toRoot: boolean): Role;
  down(from: Role, toRoot: boolean): Role | undefined;
  across(from: Role, toRoot: boolean): Role | undefined;
  /** Whether rows that are not followed down still bring their parts (design.md §3). */
  readonly bringsParts: boolean;
  /** Whether the seeds' own entities count as roots. */
  readonly seedsAreRoots: boolean;
}

/** The three rules of design.md §3 as pure functions of one step; everything else of the closure is the same for all. */
export const stepRules: Readonly<Record<FollowRule, StepRule>> = Object.freeze({
  dependencies: {
    up: () => 'shared',
    down: () => undefined,
    across: () => undefined,
    bringsParts: false,
    seedsAreRoots: false,
  },
  owned: {
    up: () => 'shared',
    down: (from, toRoot) => (from === 'owned' && !toRoot ? 'owned' : undefined),
    across: (from) => (from === 'owned' ? 'shared' : undefined),
    bringsParts: true,
    seedsAreRoots: false,
  },
  connected: {
    up: (from, toRoot) => (from === 'shared' || toRoot ? 'shared' : 'expanded'),
    down: (from, toRoot) => (from === 'shared' || toRoot ? undefined : from),
    across: (from, toRoot) => (from === 'shared' || toRoot ? undefined : 'expanded'),
    bringsParts: true,
    seedsAreRoots: true,
  },
} satisfies Record<FollowRule, StepRule>);
