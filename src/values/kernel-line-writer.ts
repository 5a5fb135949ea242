import type { Key } from '../closure/key.js';
import { unescapeCopy } from './copy-text.js';
import { integerAt } from './integer-at.js';
import type { KernelPlan } from './kernel-plan.js';
import { kernelPlan } from './kernel-plan.js';
import type { KernelPlaces, KernelQuestions, LineKernel } from './line-kernel.js';
import { aligned } from './line-kernel.js';
import type { Checked, LineOptions, LineShape, LineWriter, LinkedIntegers } from './line-writer.js';
import type { OutputBuffer } from './output-buffer.js';

const planPlace = 16;
/** Bytes of a note, and in it the numbers of 32 bits before the place where its value begins. */
const noteBytes = 16;
const startNumber = 2;
const notesRoom = 128 * 1024;
const inputRoom = 256 * 1024;
const outputRoom = 512 * 1024;
/** Bytes that the kernel wants room for to write a link, and those that one takes at least. */
const linkRoom = 18;
const shortestLink = 2;
/** So many links of a row there is room for. */
const mostOfRow = Math.floor(outputRoom / linkRoom);
/** No call gets to more: behind those that it can have written, so many stand that there is no room for a row that has them, and others. */
const mostLinks = Math.ceil(outputRoom / shortestLink) + mostOfRow + 1;
/** Sixteen bytes are read and written at a time. */
const slack = 64;
/** The kernel knows no longer integers. */
const mostDigits = 1e15;
const newline = 0x0a;
const tab = 0x09;

/** Has the kernel write lines, and looks at the references that it noted. Rows that it has no room for go to another writer. */
export class KernelLineWriter implements LineWriter, KernelQuestions {
  readonly #kernel: LineKernel;
  readonly #shape: LineShape;
  readonly #options: LineOptions;
  readonly #plain: LineWriter;
  readonly #plan: KernelPlan;
  readonly #noted: readonly number[];
  readonly #lists: readonly LinkedIntegers[];
  /** Their columns are places of notes. */
  readonly #references: readonly Checked<number>[];
  readonly #cuts: ReadonlyMap<number, readonly ((value: Key) => boolean)[]>;

  /** Whether it can say all that lines are to have: keys of one column, links of integers, and references that are cut by themselves. */
  static suits({ keyLength, key }: LineShape, { lists, cut }: Pick<LineOptions, 'lists' | 'cut'>): boolean {
    if (keyLength !== 1) return false;
    if (lists.length > 0 && key.kinds[0] !== 'integer') return false;
    return lists.every(({ integers }) => integers !== undefined) && cut.every(isOfOneColumn);
  }

  constructor(kernel: LineKernel, shape: LineShape, options: LineOptions, plain: LineWriter) {
    const { columns, members } = shape;
    const position = (name: string): number => columns.findIndex((column) => column.name === name);
    const noted = [...new Set([0, ...options.references.flatMap((reference) => reference.columns.map(position))])];
    this.#kernel = kernel;
    this.#shape = shape;
    this.#options = options;
    this.#plain = plain;
    this.#noted = noted;
    this.#references = options.references.map((reference) => ({
      columns: reference.columns.map((name) => noted.indexOf(position(name))),
      isFine: (bytes, start, end) => reference.isFine(bytes, start, end),
      found: (value, child) => {
        reference.found(value, child);
      },
    }));
    this.#cuts = cutsByColumn(options, position);
    this.#lists = members.flatMap((member) => (member.is === 'list' ? (member.list.integers ?? []) : []));
    const { isOwned } = options;
    const owned = isOwned === true ? 'all' : isOwned === false ? 'none' : 'asked';
    this.#plan = kernelPlan(shape, { noted, isCut: (column) => this.#cuts.has(column), owned }, planPlace);
  }

  write(chunk: Buffer, out: OutputBuffer): number {
    let rows = 0;
    for (let at = 0; at < chunk.length;) {
      const end = chunk.length - at <= inputRoom ? chunk.length : chunk.lastIndexOf(newline, at + inputRoom - 1) + 1;
      const encoded = end > at ? this.#encode(chunk.subarray(at, end), out) : none;
      rows += encoded.rows;
      at += encoded.length;
      if (encoded.length > 0) continue;
      const next = chunk.indexOf(newline, at) + 1;
      rows += this.#plain.write(chunk.subarray(at, next), out);
      at = next;
    }
    return rows;
  }

  isCut(step: number, integer: number, start: number, end: number): boolean {
    const column = this.#plan.columns[step] ?? 0;
    const value = this.#value(column, integer, start, end);
    return this.#cuts.get(column)?.some((is) => is(value)) ?? false;
  }

  isOwned(integer: number, start: number, end: number): boolean {
    const { isOwned } = this.#options;
    return typeof isOwned === 'boolean' ? isOwned : isOwned(this.#value(0, integer, start, end));
  }

  /** Of rows that there is room for: how many there are, and how many bytes they take. */
  #encode(part: Buffer, out: OutputBuffer): { readonly rows: number; readonly length: number } {
    const kernel = this.#kernel;
    const links = this.#linksOf(part);
    if (links === undefined) return none;
    const notes = aligned(planPlace + this.#plan.bytes.length);
    const mostRows = Math.max(1, Math.floor(notesRoom / (this.#noted.length * noteBytes)));
    const input = aligned(notes + mostRows * this.#noted.length * noteBytes);
    const output = input + inputRoom + slack;
    const outputLimit = output + outputRoom;
    let end = aligned(outputLimit + slack);
    if (!kernel.reserve(links.reduce((sum, { owners }) => sum + owners.length * 16, end))) return none;
    this.#plan.bytes.copy(kernel.bytes, planPlace);
    links.forEach(({ owners, others }, list) => {
      kernel.doubles.set(owners, end / 8);
      kernel.doubles.set(others, end / 8 + owners.length);
      kernel.integers.set([end, end + owners.length * 8, owners.length, 0], (planPlace + this.#plan.listAt(list)) / 4);
      end += owners.length * 16;
    });
    part.copy(kernel.bytes, input);
    const places: KernelPlaces = {
      plan: planPlace,
      notes,
      input,
      inputEnd: input + part.length,
      output,
      outputLimit,
      mostRows,
    };
    const encoded = kernel.encode(this, places);
    out.copy(kernel.bytes, output, encoded.outputEnd);
    this.#check(notes, encoded.rows);
    return { rows: encoded.rows, length: encoded.inputEnd - input };
  }

  /** Of each list, what the owners of some rows have, as far as one call gets; undefined where the kernel does not know their keys, or the first has more than there is room for. */
  #linksOf(part: Buffer): readonly LinkedIntegers[] | undefined {
    if (this.#lists.length === 0) return [];
    const first = keyAt(part, 0);
    const last = keyAt(part, part.lastIndexOf(newline, -2) + 1);
    if (typeof first !== 'number' || typeof last !== 'number') return undefined;
    if (Math.max(Math.abs(first), Math.abs(last)) >= mostDigits) return undefined;
    const links: LinkedIntegers[] = [];
    for (const { owners, others } of this.#lists) {
      const from = firstNotBelow(owners, first);
      if (owners[from + mostOfRow] === first) return undefined;
      const to = Math.min(firstNotBelow(owners, last + 1), from + mostLinks);
      links.push({ owners: owners.subarray(from, to), others: others.subarray(from, to) });
    }
    return links;
  }

  /** Tells of the references of rows, of which the notes begin there. */
  #check(notes: number, rows: number): void {
    const length = this.#noted.length * noteBytes;
    const end = notes + rows * length;
    for (const reference of this.#references) {
      const [only] = reference.columns;
      for (let at = notes; at < end; at += length) {
        if (only !== undefined && reference.columns.length === 1) this.#checkOne(reference, at, only);
        else this.#checkSeveral(reference, at);
      }
    }
  }

  #checkOne(reference: Checked<number>, at: number, note: number): void {
    const { bytes, doubles, integers } = this.#kernel;
    const column = this.#noted[note] ?? 0;
    const place = at + note * noteBytes;
    if (Number.isNaN(doubles[place / 8])) return;
    if (this.#shape.columns[column]?.kind !== 'integer') {
      const start = integers[place / 4 + startNumber] as number;
      const end = integers[place / 4 + startNumber + 1] as number;
      if (end > 0 && reference.isFine(bytes, start, end)) return;
    }
    reference.found(this.#noteAt(place, column) ?? '', this.#noteAt(at, 0) ?? '');
  }

  #checkSeveral(reference: Checked<number>, at: number): void {
    const values = reference.columns.map((note) => this.#noteAt(at + note * noteBytes, this.#noted[note] ?? 0));
    if (!values.includes(undefined)) reference.found(values.map(String).join('\0'), this.#noteAt(at, 0) ?? '');
  }

  /** The value that a note is of; undefined for NULL. */
  #noteAt(place: number, column: number): Key | undefined {
    const { doubles, integers } = this.#kernel;
    const integer = doubles[place / 8] as number;
    if (Number.isNaN(integer)) return undefined;
    const end = Math.abs(integers[place / 4 + startNumber + 1] as number);
    return this.#value(column, integer, integers[place / 4 + startNumber] as number, end);
  }

  #value(column: number, integer: number, start: number, end: number): Key {
    const { bytes } = this.#kernel;
    if (this.#shape.columns[column]?.kind !== 'integer') return unescapeCopy(bytes.toString('utf8', start, end));
    return Number.isFinite(integer) ? integer : integerAt(bytes, start, end);
  }
}

const none = Object.freeze({ rows: 0, length: 0 });

function isOfOneColumn({ columns, nulls, when }: LineOptions['cut'][number]): boolean {
  return when === undefined && columns.length === 1 && nulls.length === 1 && nulls[0] === columns[0];
}

function cutsByColumn(
  { cut }: LineOptions,
  position: (name: string) => number,
): ReadonlyMap<number, readonly ((value: Key) => boolean)[]> {
  const all = new Map<number, readonly ((value: Key) => boolean)[]>();
  for (const one of cut) {
    const column = position(one.columns[0] ?? '');
    all.set(column, [...(all.get(column) ?? []), (value) => one.is(value)]);
  }
  return all;
}

/** The integer with which a row begins. */
function keyAt(rows: Buffer, start: number): Key {
  let end = start;
  for (let byte = rows[end]; byte !== tab && byte !== newline; byte = rows[end]) end += 1;
  return integerAt(rows, start, end);
}

/** In ascending numbers. */
function firstNotBelow(numbers: Float64Array, bound: number): number {
  let from = 0;
  let to = numbers.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((numbers[middle] as number) < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}
