import { kernelKinds } from './line-kernel.js';
import type { LineShape } from './line-writer.js';

/** What a plan says of the columns that a line has. */
export interface PlannedColumns {
  /** Places of columns of which a note is made, the key's first. */
  readonly noted: readonly number[];
  /** Whether one has to ask if a column is to be NULL. */
  readonly isCut: (column: number) => boolean;
  readonly owned: 'all' | 'none' | 'asked';
}

/** As the kernel reads it: numbers of 32 bits. */
export interface KernelPlan {
  readonly bytes: Buffer;
  /** Where in it a list of links is described: owners, others, count, how far it is used. */
  readonly listAt: (list: number) => number;
  /** By step, the place of its column; -1 for a list. */
  readonly columns: readonly number[];
}

const headNumbers = 14;
const stepNumbers = 5;
const listNumbers = 4;
/** The kernel copies sixteen bytes at a time. */
const slack = 16;

/** Lays out how lines of a shape are written, for the `Plan`, `Step` and `List` of `assembly/encode-lines.ts`; it is to stand at a place. */
export function kernelPlan(shape: LineShape, { noted, isCut, owned }: PlannedColumns, place: number): KernelPlan {
  const { members, key, start, tail, ownedEnd, sharedEnd } = shape;
  const lists = members.filter((member) => member.is === 'list').length;
  const listsAt = headNumbers + members.length * stepNumbers;
  const textsAt = (listsAt + lists * listNumbers) * 4;
  const texts = [start, tail, ownedEnd, sharedEnd, ...members.map(({ prefix }) => prefix)];
  const bytes = Buffer.alloc(texts.reduce((sum, text) => sum + text.length + slack, textsAt));
  let end = textsAt;
  const put = (text: Buffer): readonly [number, number] => {
    const at = end;
    end += text.copy(bytes, at) + slack;
    return [place + at, text.length];
  };
  // `""`, `[]`, `null` and `false` take more than the values have bytes.
  const fixed = texts.reduce((sum, text) => sum + text.length, 0) + (members.length + 1) * 8;
  const keyKind = kernelKinds[key.kinds[0] ?? 'text'];
  const ownership = { all: 0, none: 1, asked: 2 }[owned];
  const numbers = [members.length, lists, keyKind, ownership, noted.length, fixed];
  for (const text of [start, tail, ownedEnd, sharedEnd]) numbers.push(...put(text));
  let list = 0;
  for (const member of members) {
    const [at, length] = put(member.prefix);
    if (member.is === 'list') numbers.push(kernelKinds.list, at, length, list++, 0);
    else numbers.push(kernelKinds[member.kind], at, length, Math.max(0, noted.indexOf(member.at)), isCut(member.at) ? 1 : 0);
  }
  numbers.forEach((number, at) => bytes.writeUInt32LE(number, at * 4));
  return {
    bytes,
    listAt: (at) => (listsAt + at * listNumbers) * 4,
    columns: members.map((member) => (member.is === 'list' ? -1 : member.at)),
  };
}
