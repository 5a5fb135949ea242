import type { Policy } from './policy.js';

/** A policy that was read and checked, with what the command line adds. Names are still as written; the schema resolves them. */
export interface ParsedPolicy extends Policy {
  /** `Model.field`, or `*` for all. */
  readonly includeSecrets: readonly string[];
}
