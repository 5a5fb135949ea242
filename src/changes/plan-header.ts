import { toolVersion } from '../tool-version.js';
import type { DatabaseIdentity } from './database-identity.js';

/** The first line of a plan: what it was made of, as FORMATS.md describes it. */
export interface PlanHeader {
  readonly format: 'portolan-plan';
  readonly version: 1;
  readonly command: 'import' | 'delete' | 'undo' | 'claim';
  readonly tool: string;
  /** The digest of the archive's content; of an undo, of its journal; a claim has none. */
  readonly archive?: string;
  readonly target: {
    readonly database: DatabaseIdentity;
    /** Of what its tables look like. */
    readonly sha256: string;
  };
  /** The policy's digest. */
  readonly policy: string | null;
  /** What was asked for and decides. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether it tells what would be written. */
  readonly values?: true;
  /** How many conflicts it has, of an import and an undo. */
  readonly conflicts?: number;
}

/** Nothing in it changes by itself: the same plan has the same bytes. */
export function planHeader(facts: Omit<PlanHeader, 'format' | 'version' | 'tool'>): PlanHeader {
  const { archive, target, options, ...rest } = facts;
  return {
    ...(archive === undefined ? {} : { archive }),
    ...{ target, options, format: 'portolan-plan', version: 1, tool: toolVersion() },
    ...rest,
  };
}
