import type { Session } from '../dialect/session.js';
import type { KeyView } from '../closure/key-set.js';
import type { Schema } from '../schema/schema.js';
import type { FollowPolicy, RowPolicy } from './policy.js';

/** What is known when the seeds are found, and before a row is taken. */
export interface RowPolicyContext {
  readonly schema: Schema;
  /** By model, the objects that were asked for. */
  readonly seeds: ReadonlyMap<string, KeyView>;
  /** On the snapshot of the export; it reads only. */
  readonly session: Pick<Session, 'query'>;
}

/** What only the seeds tell. */
export interface SeedPolicy {
  /** By model: rules come behind those of the policy, values go before them. */
  readonly models?: Readonly<Record<string, RowPolicy>> | undefined;
  /** By reference, as its name is: goes before what the policy says of it. */
  readonly follow?: Readonly<Record<string, FollowPolicy>> | undefined;
}

/** Called when the seeds are found, and before a row is taken. */
export type RowPolicyHook = (context: RowPolicyContext) => Promise<SeedPolicy>;
