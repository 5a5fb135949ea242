import type { Key } from '../closure/key.js';
import type { Column, Entity } from '../schema/schema.js';
import type { KeyShape } from './archive-value.js';
import { keyShape } from './archive-value.js';
import type { OutputBuffer } from './output-buffer.js';

/** A reference that is written as NULL where `is` says so, in rows whose column has the text of `when`. */
export interface Cut<C> {
  readonly columns: readonly C[];
  readonly nulls: readonly C[];
  readonly when: { readonly column: C; readonly value: string } | undefined;
  readonly is: (key: Key) => boolean;
}

/** A reference whose values are looked at: those that `isFine` does not know are told. */
export interface Checked<C> {
  readonly columns: readonly C[];
  /** Whether the text of a single column, in UTF-8, needs no telling. */
  isFine(bytes: Buffer, start: number, end: number): boolean;
  found(value: Key, child: Key): void;
}

/** A many-to-many member; keys in order. */
export interface LinkMember {
  readonly member: string;
  readonly inverse: KeyShape;
  /** Quickest where owners are asked for in their order. */
  of(key: Key): readonly Key[];
  /** All of them, ascending by owner, where both sides are integers that a double holds. */
  readonly integers?: LinkedIntegers | undefined;
}

export interface LinkedIntegers {
  readonly owners: Float64Array;
  readonly others: Float64Array;
}

export interface LineOptions {
  readonly entity: Entity;
  /** Which of the rows are owned: all, none, or those of some keys. */
  readonly isOwned: boolean | ((key: Key) => boolean);
  readonly lists: readonly LinkMember[];
  readonly cut: readonly Cut<string>[];
  /** Told of each reference value that is written. */
  readonly references: readonly Checked<string>[];
  /** What stands before a line: `,\n` in a document, `\n` in JSON lines. */
  readonly lineStart: string;
}

/** Writes rows of COPY text as lines of the archive. */
export interface LineWriter {
  /** Whole rows, in the order of their keys; how many they were. */
  write(chunk: Buffer, out: OutputBuffer): number;
}

/** What a line has in its `fields`, and what stands before it: the name, and the comma. */
export type LineMember =
  | { readonly is: 'column'; readonly prefix: Buffer; readonly at: number; readonly kind: Column['kind'] }
  | { readonly is: 'list'; readonly prefix: Buffer; readonly list: LinkMember };

/** How the rows of an entity come, and how its lines are written. */
export interface LineShape {
  /** As the COPY is to select them: the key's, as a list of links and the line's end ask for it; then the others in the order of their members. */
  readonly columns: readonly Column[];
  readonly keyLength: number;
  readonly key: KeyShape;
  readonly members: readonly LineMember[];
  readonly start: Buffer;
  readonly tail: Buffer;
  readonly ownedEnd: Buffer;
  readonly sharedEnd: Buffer;
}

export function lineShape({ entity, lists, lineStart }: LineOptions): LineShape {
  const leaving = entity.columns.filter((column) => column.withheld === undefined);
  const key = entity.key.flatMap((name) => leaving.find((column) => column.name === name) ?? []);
  const others = leaving.filter((column) => !key.includes(column)).sort((a, b) => (a.member < b.member ? -1 : 1));
  return {
    columns: [...key, ...others],
    keyLength: key.length,
    key: keyShape(entity),
    members: membersOf(others, key.length, lists),
    start: Buffer.from(`${lineStart}{"fields":{`),
    tail: Buffer.from(`},"model":${JSON.stringify(entity.model)},"pk":`),
    ownedEnd: Buffer.from('}'),
    sharedEnd: Buffer.from(',"shared":true}'),
  };
}

/** In the order of their names: columns, which lie in that order behind the key, and between them the lists. */
function membersOf(columns: readonly Column[], keyLength: number, lists: readonly LinkMember[]): readonly LineMember[] {
  const named: { readonly name: string; readonly make: (prefix: Buffer) => LineMember }[] = [];
  columns.forEach(({ member, kind }, at) => {
    named.push({ name: member, make: (prefix) => ({ is: 'column', prefix, at: keyLength + at, kind }) });
  });
  for (const list of lists) named.push({ name: list.member, make: (prefix) => ({ is: 'list', prefix, list }) });
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  return named.map(({ name, make }, at) => make(Buffer.from(`${at === 0 ? '' : ','}${JSON.stringify(name)}:`)));
}
