import type { RecordedProfile } from '../policy/export-profile.js';
import type { EdgeOfWorld } from '../policy/policy.js';
import type { AbsentRule } from '../inside/absent-rule.js';
import type { Inside } from '../inside/inside.js';

/** What an archive holds, as FORMATS.md describes it. Values are JSON values that carry the server's text exactly. */
export type ArchiveValue = string | number | boolean | null;

export interface ArchiveHeader {
  readonly format: 'portolan';
  readonly version: 1;
  /** Absent under `--reproducible`. */
  readonly volatile?: VolatileFacts | undefined;
  readonly entities: Readonly<Record<string, ArchiveEntity>>;
  /** The models in the order in which their objects stand: parents before children. */
  readonly order: readonly string[];
  readonly seeds: readonly string[];
  readonly roots: readonly string[];
  readonly follow: string;
  /** SHA-256 of the policy's canonical JSON, or null without one. */
  readonly policy: string | null;
  /** Of each approval that was met, its name and the SHA-256 of its canonical JSON; absent where nothing had to be approved. */
  readonly approvals?: readonly ArchiveApproval[] | undefined;
  /** Under which profile, and with which options of it; absent without one. */
  readonly profile?: RecordedProfile | undefined;
  /** Models of which only some rows were entered, and what became of others that were needed; absent where there are none. */
  readonly boundary?: Readonly<Record<string, EdgeOfWorld>> | undefined;
  /** Models whose objects are counted together, by the word under which they are; absent where there are none. */
  readonly highlight?: Readonly<Record<string, readonly string[]>> | undefined;
  /** `model.member` of each column that does not leave, and why. */
  readonly withheld: Readonly<Record<string, 'secret' | 'excluded'>>;
  /** `model.member` of columns in which the policy let other values leave; absent where there are none. */
  readonly replaced?: readonly string[] | undefined;
  /** `--include-secret` as given. */
  readonly includedSecrets: readonly string[];
  /** `model.member` of columns that are secrets, and left all the same; absent where there are none. */
  readonly secrets?: readonly string[] | undefined;
  /** Set by `verify --reseal`. */
  readonly edited?: true | undefined;
}

/** What two exports of the same rows need not have in common. */
export interface VolatileFacts {
  readonly date: string;
  readonly tool: string;
  /** Digest that tells one database from another, and nothing else of it; absent where the role may not ask. */
  readonly source?: string | undefined;
}

export interface ArchiveApproval {
  readonly name?: string | undefined;
  readonly sha256: string;
}

export interface ArchiveEntity {
  readonly schema: string;
  readonly table: string;
  /** Key columns, by column name. */
  readonly key: readonly string[];
  /** By member name, sorted. Key columns included; withheld ones not. */
  readonly columns: Readonly<Record<string, ArchiveColumn>>;
  /** Member → what the list holds. */
  readonly links: Readonly<Record<string, ArchiveLink>>;
  /** Model members whose column(s) hold a reference. */
  readonly references: readonly ArchiveReference[];
  /** References whose keys stand inside values; absent where there are none. */
  readonly inner?: readonly ArchiveInnerReference[] | undefined;
  /** What values only mention; absent where they mention nothing. */
  readonly mentions?: readonly ArchiveMention[] | undefined;
  /** Columns by which people know an object: none where there are no such; absent in archives of earlier versions. */
  readonly naturalKey?: readonly string[] | undefined;
  /** Other columns whose values no two objects have in common; absent where there are none. */
  readonly uniques?: readonly (readonly string[])[] | undefined;
  /** Columns that number a tree through all of the table. */
  readonly nestedSet?: { readonly left: string; readonly right: string } | undefined;
  /** The column that holds the keys of an object's ancestors and its own. */
  readonly materializedPath?: string | undefined;
}

export interface ArchiveColumn {
  /** Database column name. */
  readonly name: string;
  readonly type: string;
  readonly kind: 'integer' | 'number' | 'boolean' | 'text';
  readonly property?: string | undefined;
  /** Of a key: the database gives each new row a value. */
  readonly drawn?: true | undefined;
}

export interface ArchiveLink {
  readonly model: string;
  readonly schema: string;
  readonly table: string;
  readonly ownerColumns: readonly string[];
  readonly inverseColumns: readonly string[];
}

export interface ArchiveReference {
  readonly name: string;
  /** Child column names. */
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** Declared references: it holds where this column has this text. */
  readonly when?: { readonly column: string; readonly value: string } | undefined;
  /** Equal values can be written differently: the database resolved it, and no text disproves it. */
  readonly inexact?: true | undefined;
}

/** From one column to one: any number of keys stand in its value. */
export interface ArchiveInnerReference extends Omit<ArchiveReference, 'inexact'>, Inside {}

/** An object that values mention, and that need not be there: the keys stand where the one member says, or are the whole value. */
export interface ArchiveMention extends ArchiveInnerReference {
  /** What is written under new keys where the object has not come. */
  readonly absent: AbsentRule;
}

/** One object of an archive. `pk` is an object by member name where the key has several columns. */
export interface ArchiveObject {
  readonly model: string;
  readonly pk: ArchiveValue | Readonly<Record<string, ArchiveValue>>;
  readonly fields: Readonly<Record<string, ArchiveValue | readonly ArchiveObject['pk'][]>>;
  readonly shared?: true;
}

export interface ArchiveTrailer {
  readonly objects: Readonly<Record<string, number>>;
  /** By link name. */
  readonly links: Readonly<Record<string, number>>;
  readonly total: number;
  readonly external: readonly ExternalObject[];
  readonly dangling: readonly { readonly object: string; readonly reference: string }[];
  readonly leftOut: readonly { readonly model: string; readonly rule: string; readonly count: number }[];
  /** Of an archive that has files beside its rows. */
  readonly files?: ArchiveFiles | undefined;
  /** Of an archive in parts: all that stand before the trailer, in their order. */
  readonly parts?: readonly ArchivePart[] | undefined;
  /** Lower-case hex, over every uncompressed byte before the trailer. */
  readonly sha256: string;
  /** The same over what the trailer alone tells: see {@link sealOf}. */
  readonly seal?: string | undefined;
}

/** How many files stand beside the rows, and how much they hold. */
export interface ArchiveFiles {
  readonly count: number;
  readonly bytes: number;
}

/** A member of an archive in parts. */
export interface ArchivePart {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What {@link ArchiveWriter.finish} is given. */
export type TrailerContent = Omit<ArchiveTrailer, 'sha256' | 'seal' | 'files' | 'parts'>;

/** A row that is referenced but stays at home. */
export interface ExternalObject {
  readonly model: string;
  readonly pk: ArchiveObject['pk'];
  /** Member → value of the natural key. */
  readonly naturalKey: Readonly<Record<string, ArchiveValue>>;
}
