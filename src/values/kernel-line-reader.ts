import { lineNumbers } from './encoded-object.js';
import type { LineKernel } from './line-kernel.js';
import { aligned, kernelKinds } from './line-kernel.js';
import type { ObjectLayout } from './object-layout.js';

const layoutPlace = 16;
const inputRoom = 256 * 1024;
const slotsRoom = 512 * 1024;
const countsRoom = 64 * 1024;
/** The kernel reads sixteen bytes at a time. */
const slack = 64;
const newline = 0x0a;

const headNumbers = 9;
const memberNumbers = 3;

/** Fewer lines at once than this are as quickly decoded one by one. */
const worthCalling = 16;
/** How often fewer are met in some bytes before no more are tried there. */
const patience = 3;

/** Has the kernel decode lines that lie one after the other, before they are asked for. */
export class KernelLineReader {
  readonly #kernel: LineKernel;
  readonly #layout: Buffer;
  /** Numbers of each line, and among its members the lists. */
  readonly #room: number;
  readonly #lists: readonly string[];
  #bytes: Buffer | undefined;
  #slots = new Int32Array(0);
  #counts = new Int32Array(0);
  /** The line that comes next, and how many there are. */
  #line = 0;
  #lines = 0;
  #patience = patience;

  /** Whether it knows all that lines of a layout can hold: lists of texts it does not. */
  static suits({ members }: ObjectLayout): boolean {
    return members.every(({ holds }) => holds.is === 'value' || holds.kind === 'integer');
  }

  constructor(kernel: LineKernel, layout: ObjectLayout) {
    this.#kernel = kernel;
    this.#layout = laidOut(layout);
    this.#room = lineNumbers + (layout.members.length + 1) * 2;
    this.#lists = layout.members.flatMap(({ name, holds }) => (holds.is === 'keys' ? [name] : []));
  }

  /** Where values were found in the bytes: see {@link lineNumbers}. Good until other lines are asked for. */
  get slots(): Int32Array {
    return this.#slots;
  }

  /** Where in the slots those of a line begin, of which `onLinks` is told how many keys each list has; -1 where another reader has to look at it. */
  find(bytes: Buffer, start: number, end: number, onLinks: (member: string, count: number) => void): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#line = this.#lines = 0;
      this.#patience = patience;
    }
    while (this.#line < this.#lines && (this.#slots[this.#line * this.#room] as number) < start) this.#line += 1;
    if (this.#line === this.#lines && this.#patience > 0) this.#decode(bytes, start);
    const first = this.#line * this.#room;
    if (this.#line === this.#lines || this.#slots[first] !== start || this.#slots[first + 1] !== end) return -1;
    for (let list = 0; list < this.#lists.length; list += 1) {
      const count = this.#counts[this.#line * this.#lists.length + list] as number;
      if (count > 0) onLinks(this.#lists[list] ?? '', count);
    }
    this.#line += 1;
    return first;
  }

  #decode(bytes: Buffer, start: number): void {
    const kernel = this.#kernel;
    const length = Math.min(inputRoom, bytes.length - start);
    const slots = aligned(layoutPlace + this.#layout.length);
    const counts = slots + slotsRoom;
    const input = counts + countsRoom;
    const inputEnd = input + length;
    if (!kernel.reserve(input + inputRoom + slack)) {
      this.#patience = 0;
      return;
    }
    this.#layout.copy(kernel.bytes, layoutPlace);
    bytes.copy(kernel.bytes, input, start, start + length);
    // Where the last line lacks its line feed the kernel must not go on.
    kernel.bytes[inputEnd] = newline;
    const lists = this.#lists.length;
    const mostLines = Math.floor(Math.min(slotsRoom / (this.#room * 4), lists === 0 ? Infinity : countsRoom / (lists * 4)));
    const places = { layout: layoutPlace, slots, counts, input, inputEnd, shift: start - input, mostLines };
    const lines = kernel.decode(places);
    this.#slots = kernel.integers.slice(slots / 4, slots / 4 + lines * this.#room);
    this.#counts = kernel.integers.slice(counts / 4, counts / 4 + lines * lists);
    this.#line = 0;
    this.#lines = lines;
    if (lines < worthCalling) this.#patience -= 1;
  }
}

/** For the `Layout` and its `Member`s of `assembly/decode-lines.ts`; it stands at {@link layoutPlace}. */
function laidOut({ members, tail, pk }: ObjectLayout): Buffer {
  const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));
  const sharedEnd = Buffer.from(',"shared":true}');
  const texts = [tail, sharedEnd, ...words, ...members.map(({ prefix }) => prefix)];
  const textsAt = (headNumbers + members.length * memberNumbers) * 4;
  const bytes = Buffer.alloc(texts.reduce((sum, text) => sum + text.length, textsAt + slack));
  let end = textsAt;
  const put = (text: Buffer): number => {
    const at = end;
    end += text.copy(bytes, at);
    return layoutPlace + at;
  };
  const numbers = [members.length, put(tail), tail.length, kernelKinds[pk], put(sharedEnd), sharedEnd.length, ...words.map(put)];
  for (const { prefix, holds } of members)
    numbers.push(kernelKinds[holds.is === 'keys' ? 'list' : holds.kind], put(prefix), prefix.length);
  numbers.forEach((number, at) => bytes.writeUInt32LE(number, at * 4));
  return bytes;
}
