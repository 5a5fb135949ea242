import { createHash } from 'node:crypto';

/** How far an object is told from others by what lies around it. */
const furthest = 64;

/** Which half of a 64-bit number stands first in this machine's memory. */
const low = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const high = 1 - low;

/**
 * Colours of the nodes of a graph: first by their values, then again and again by the colours of their neighbours, until no round tells
 * more of them apart (colour refinement: Weisfeiler and Leman 1968). The order in which nodes and edges come does not matter.
 */
export class GraphColours {
  #colours = new Uint32Array(1024);
  #count = 0;
  /** From, to and label of each edge. */
  #edges = new Uint32Array(1024);
  #edgeCount = 0;
  readonly #labels = new Map<string, number>();

  /** Adds a node; returns its place. */
  add(values: string): number {
    if (this.#count * 2 === this.#colours.length) this.#colours = grown(this.#colours);
    const digest = createHash('sha256').update(values).digest();
    this.#colours[this.#count * 2 + low] = digest.readUInt32LE(0);
    this.#colours[this.#count * 2 + high] = digest.readUInt32LE(4);
    return this.#count++;
  }

  connect(from: number, to: number, label: string): void {
    if (this.#edgeCount * 3 + 3 > this.#edges.length) this.#edges = grown(this.#edges);
    this.#edges.set([from, to, this.#labelOf(label)], this.#edgeCount * 3);
    this.#edgeCount += 1;
  }

  /** An edge to what is no node. Several of one node count in whatever order they come. */
  mark(node: number, label: string, text: string): void {
    const digest = createHash('sha256')
      .update(JSON.stringify([label, text]))
      .digest();
    addTo(this.#colours, node, digest.readUInt32LE(0), digest.readUInt32LE(4));
  }

  digest(): string {
    let colours = this.#colours.slice(0, this.#count * 2);
    let distinct = countDistinct(colours);
    for (let round = 0; round < furthest; round += 1) {
      const next = this.#refined(colours);
      const found = countDistinct(next);
      // A round that tells no more apart is passed over, so that all who are equal stop at the same one.
      if (found <= distinct) break;
      distinct = found;
      colours = next;
    }
    const hash = createHash('sha256').update(`portolan graph 1\n${String(this.#count)} ${String(this.#edgeCount)}\n`);
    for (const colour of sorted(this.#refined(colours))) hash.update(`${colour.toString(16)}\n`);
    return hash.digest('hex');
  }

  #refined(colours: Uint32Array): Uint32Array<ArrayBuffer> {
    const sums = new Uint32Array(colours.length);
    for (let at = 0; at < this.#edgeCount * 3; at += 3) {
      const from = this.#edges[at] as number;
      const to = this.#edges[at + 1] as number;
      const label = this.#edges[at + 2] as number;
      addMixed(sums, from, colours, to, label);
      addMixed(sums, to, colours, from, ~label);
    }
    const refined = new Uint32Array(colours.length);
    for (let node = 0; node < colours.length / 2; node += 1) {
      addMixed(refined, node, colours, node, 0x9e3779b9);
      addMixed(refined, node, sums, node, 0x85ebca6b);
    }
    return refined;
  }

  /** By name, not by the order in which they were met. */
  #labelOf(label: string): number {
    let known = this.#labels.get(label);
    if (known === undefined) {
      known = createHash('sha256').update(label).digest().readUInt32LE(0);
      this.#labels.set(label, known);
    }
    return known;
  }
}

/** Adds to one number what another and a label make together: sums do not know an order. */
function addMixed(sums: Uint32Array, to: number, colours: Uint32Array, from: number, label: number): void {
  const a = colours[from * 2 + low] as number;
  const b = colours[from * 2 + high] as number;
  const first = mix(mix(a ^ label) + b);
  const second = mix(mix(b ^ Math.imul(label, 0x27d4eb2f)) + Math.imul(a, 0x165667b1) + first);
  addTo(sums, to, first, second);
}

/** Adds 64 bits. */
function addTo(sums: Uint32Array, at: number, first: number, second: number): void {
  const lower = (sums[at * 2 + low] as number) + (first >>> 0);
  sums[at * 2 + low] = lower;
  sums[at * 2 + high] = (sums[at * 2 + high] as number) + (second >>> 0) + (lower > 0xffffffff ? 1 : 0);
}

/** Each bit of the number changes half of those of the result (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function sorted(colours: Uint32Array<ArrayBuffer>): BigUint64Array {
  return new BigUint64Array(colours.slice().buffer).sort();
}

function countDistinct(colours: Uint32Array<ArrayBuffer>): number {
  let count = 0;
  let last = -1n;
  for (const colour of sorted(colours)) {
    if (colour !== last) count += 1;
    last = colour;
  }
  return count;
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2 + 6);
  larger.set(array);
  return larger;
}
