import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import type { Column, Entity } from '../schema/schema.js';
import { toolVersion } from '../tool-version.js';
import type { DatabaseIdentity } from './database-identity.js';
import { sealedLines } from './sealed-lines.js';

/** What was done to one row, as FORMATS.md describes it: a line of a journal. */
export interface JournalLine {
  readonly decision: 'insert' | 'update' | 'delete' | 'nullify';
  readonly model: string;
  readonly object: string;
  readonly pk: ArchiveObject['pk'];
  /** Members that were written, of `update` and `nullify`. */
  readonly columns?: readonly string[];
  /** Their values before; of `delete`, those of the whole row. */
  readonly before?: Readonly<Record<string, ArchiveValue>>;
  /** Of `update` and `nullify`: their values afterwards. */
  readonly after?: Readonly<Record<string, ArchiveValue>>;
  /** Of `insert` and `update`: of the row as it was left, see {@link rowDigestSql}. */
  readonly sha256?: string;
}

/** A table that a journal's lines write to, with the columns that they have of it. */
export interface JournalEntity {
  readonly schema: string;
  readonly table: string;
  /** Names of the columns that tell its rows apart. */
  readonly key: readonly string[];
  /** By member. */
  readonly columns: Readonly<Record<string, { readonly name: string; readonly type: string; readonly kind: Column['kind'] }>>;
}

export interface JournalHeader {
  readonly format: 'portolan-journal';
  readonly version: 1;
  readonly command: 'import' | 'delete' | 'claim';
  readonly date: string;
  readonly tool: string;
  readonly database: DatabaseIdentity;
  /** The digest of the archive's content; a claim has none. */
  readonly archive?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly entities: Readonly<Record<string, JournalEntity>>;
}

export function journalHeader(facts: Omit<JournalHeader, 'format' | 'version' | 'date' | 'tool'>): JournalHeader {
  return { format: 'portolan-journal', version: 1, date: new Date().toISOString(), tool: toolVersion(), ...facts };
}

export function journalEntity({ table }: Entity, key: readonly string[], columns: readonly Column[]): JournalEntity {
  return {
    schema: table.schema,
    table: table.name,
    key,
    columns: Object.fromEntries(columns.map(({ member, name, type, kind }) => [member, { name, type, kind }])),
  };
}

/** The lines of a journal's file: the header, what was done, and last what proves that none is missing. */
export function journalLines(header: JournalHeader, lines: AsyncIterable<JournalLine>): AsyncGenerator {
  return sealedLines({ journal: header }, lines);
}
