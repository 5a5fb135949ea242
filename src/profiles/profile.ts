import type { EntitySchema } from 'typeorm';
import type { Catalog } from '../dialect/postgres/catalog.js';
import type { FilesOf } from '../export/files-context.js';
import type { Layout } from '../export/layout.js';
import type { Policy } from '../policy/policy.js';
import type { RowPolicyHook } from '../policy/row-policy-hook.js';

/**
 * What one application knows of itself: a policy, and code where words do not do. Whatever a profile can, every profile can; the engine
 * knows none by name.
 */
export interface Profile {
  readonly name: string;
  /** Seeds of these apps choose it, where no profile is named. */
  readonly apps: readonly string[];
  /** Options of its own on the command line of `export` and `explain`. */
  readonly options: readonly ProfileOption[];
  /** TypeORM entities for the tables that are there; a data source gets them beside its own. @throws UsageError PROFILE_TABLES */
  entities(catalog: Catalog): Promise<readonly EntitySchema[]>;
  /** What it says of them: the user's policy goes before it. */
  policy(catalog: Catalog, options: ProfileValues): Policy;
  /** What it says of rows once the objects are known that were asked for. */
  rowPolicy?(options: ProfileValues): RowPolicyHook;
  /**
   * Looks for tables and columns that neither it nor the user's policy knows, before an export.
   *
   * @throws RefusedError NOT_CLASSIFIED
   */
  refuseUnknown?(catalog: Catalog, policy: Policy | undefined): void;
  /** Computes which files rows name, where the words of a policy (`models.….files`) do not do. */
  readonly filesOf?: (values: ProfileValues) => FilesOf;
  /** Other forms of an export than our own archive, by the name that `--format` takes. */
  readonly layouts?: Readonly<Record<string, (values: ProfileValues) => Layout>>;
}

/** An option of a profile: `--public-only`, `--users EMAIL`. */
export interface ProfileOption {
  readonly name: string;
  readonly describe: string;
  readonly kind: 'switch' | 'text' | 'list' | 'number';
  /** Of a switch that is on where nothing is said, and off by `--no-…`. */
  readonly isOn?: boolean;
  /** The word that stands for its value in the help. */
  readonly value?: string;
}

/** What a profile adds to the command line. */
export interface ProfileWords {
  readonly options: readonly ProfileOption[];
  /** That `--format` takes beside our own. */
  readonly formats: readonly string[];
}

/** What was said of a profile's options, by name as on the command line (`public-only`). */
export type ProfileValues = Readonly<Record<string, boolean | string | number | readonly string[] | undefined>>;
