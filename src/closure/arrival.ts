import type { ClosureStep } from './closure.js';
import type { Role } from './follow-rule.js';

/** How rows come into a walk: in which role, on which level, and by what. */
export interface Arrival {
  readonly role: Role;
  readonly depth: number;
  /** Reference, link, or the seeds' model. */
  readonly via: string;
  readonly direction: ClosureStep['direction'];
}
