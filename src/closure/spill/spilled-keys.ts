import { hashBytes } from '../hash-bytes.js';
import type { Key } from '../key.js';
import type { BlockFile } from './block-file.js';
import type { KeyCodec } from './key-codec.js';
import { codecRoom } from './key-codec.js';
import { mergeRuns } from './merge-runs.js';
import type { Entry } from './sorted-run.js';
import { SortedRun } from './sorted-run.js';

/** So many runs of about one size become one. */
const fanIn = 8;

/** Where a key is packed before it is written or looked for: nothing waits between the two. */
const scratch = Buffer.alloc(codecRoom);

/** Keys that are in the file. Each comes once. */
export class SpilledKeys {
  readonly #file: BlockFile;
  readonly #codec: KeyCodec;
  /** By how often their keys have been merged. */
  readonly #levels: SortedRun[][] = [];
  #size = 0;

  constructor(file: BlockFile, codec: KeyCodec) {
    this.#file = file;
    this.#codec = codec;
  }

  get size(): number {
    return this.#size;
  }

  /** Of memory. */
  get bytes(): number {
    return this.#runs().reduce((sum, run) => sum + run.bytes, 0);
  }

  has(key: Key): boolean {
    const length = this.#codec.pack(key, scratch);
    if (length < 0) return false;
    const hash = hashBytes(scratch, 0, length);
    for (const runs of this.#levels) for (const run of runs) if (run.has(scratch, length, hash)) return true;
    return false;
  }

  /** Takes keys that are sorted; of about `count`. Those that are none for a file it gives to `keep`. */
  add(keys: Iterable<Key>, count: number, keep: (key: Key) => void): void {
    const run = new SortedRun(this.#file, packed(this.#codec, keys, keep), count);
    if (run.size === 0) return;
    this.#size += run.size;
    this.#put(run, 0);
  }

  /** The keys in the archive's order, as of now. */
  sorted(): Iterable<Key> {
    return unpacked(this.#codec, mergeRuns(this.#runs()));
  }

  #put(run: SortedRun, at: number): void {
    const level = (this.#levels[at] ??= []);
    if (level.push(run) < fanIn) return;
    this.#levels[at] = [];
    const size = level.reduce((sum, one) => sum + one.size, 0);
    this.#put(new SortedRun(this.#file, mergeRuns(level), size), at + 1);
  }

  #runs(): readonly SortedRun[] {
    return this.#levels.flat();
  }
}

function* packed(codec: KeyCodec, keys: Iterable<Key>, keep: (key: Key) => void): Generator<Entry> {
  for (const key of keys) {
    const end = codec.pack(key, scratch);
    if (end < 0) keep(key);
    else yield { from: scratch, start: 0, end };
  }
}

function* unpacked(codec: KeyCodec, entries: Iterable<Entry>): Generator<Key> {
  for (const { from, start } of entries) yield codec.unpack(from, start);
}
