import type { Session } from '../dialect/session.js';
import type { KeyView } from '../closure/key-set.js';
import type { Schema } from '../schema/schema.js';
import type { RowPolicy } from './policy.js';

/** What is known when the seeds are found, and before a row is taken. */
export interface RowPolicyContext {
  readonly schema: Schema;
  /** By model, the objects that were asked for. */
  readonly seeds: ReadonlyMap<string, KeyView>;
  /** On the snapshot of the export; it reads only. */
  readonly session: Pick<Session, 'query'>;
}

/** Says, by model, what only the seeds tell of its rows: rules come behind those of the policy, values go before them. */
export type RowPolicyHook = (context: RowPolicyContext) => Promise<Readonly<Record<string, RowPolicy>>>;
