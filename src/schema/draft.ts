import type { CatalogColumn, CatalogIndex, CatalogTable } from '../dialect/postgres/catalog.js';
import type { AbsentRule } from '../inside/absent-rule.js';
import type { Inside } from '../inside/inside.js';
import type { ModelPolicy } from '../policy/policy.js';
import type { MetadataTable, TableKey } from './metadata.js';
import type { ModelName } from './table-names.js';

/** A table while the schema is being built: what catalog, metadata and policy say of it, side by side. */
export interface DraftTable {
  readonly oid: string;
  readonly key: TableKey;
  readonly table: CatalogTable;
  readonly metadata: MetadataTable | undefined;
  readonly policy: ModelPolicy | undefined;
  readonly columns: readonly CatalogColumn[];
  readonly indexes: readonly CatalogIndex[];
  readonly exclusions: readonly CatalogIndex[];
  readonly triggers: readonly string[];
  readonly name: ModelName;
  /** Further names by which it is found: of other entities on the table, and its own before the policy renamed it. */
  readonly aliases: readonly string[];
  /** Key columns; empty where no row identity is known. */
  readonly identity: readonly string[];
}

/** An edge while the schema is being built, by tables. */
export interface DraftReference {
  readonly child: DraftTable;
  readonly columns: readonly string[];
  readonly parent: DraftTable;
  readonly parentColumns: readonly string[];
  readonly property: string | undefined;
  readonly source: 'constraint' | 'metadata' | 'declared';
  readonly constraint:
    { readonly name: string; readonly deferrable: boolean; readonly validated: boolean; readonly matchFull: boolean } | undefined;
  readonly when: { readonly column: string; readonly value: string } | undefined;
  /** Where in the value of its one column the keys stand; undefined where the value is the key. */
  readonly inside?: Inside | undefined;
  /** Set where the value only mentions the object. */
  readonly mention?: { readonly absent: AbsentRule | undefined } | undefined;
  /** See MetadataReference. */
  readonly describesParent: boolean;
}
