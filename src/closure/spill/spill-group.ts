import { createKeySet } from '../create-key-set.js';
import { compareKeys } from '../key-order.js';
import type { KeySet } from '../key-set.js';
import type { KeyedEntity } from '../key-sets.js';
import { PackedBytes } from '../packed-bytes.js';
import type { BlockFile } from './block-file.js';
import type { KeyCodec } from './key-codec.js';
import { SpilledKeys } from './spilled-keys.js';
import type { SpillPlace } from './spilling-key-set.js';
import { SpillingKeySet } from './spilling-key-set.js';

/** Keys that take no more than this in memory are bits, and would take more in the file. */
const denseBytes = 4;

export interface SpillGroupOptions {
  readonly entity: KeyedEntity;
  readonly codec: KeyCodec;
  readonly file: BlockFile;
  /** After how many keys the memory is counted again. */
  readonly uncounted: number;
  count(): void;
  /** A set of the same keys, in a group of its own. */
  another(): SpillingKeySet;
}

/** Sets whose keys stand in one place in memory, and so go to the file together. */
export class SpillGroup implements SpillPlace {
  readonly sets: readonly SpillingKeySet[];
  readonly codec: KeyCodec;
  readonly compare: SpillPlace['compare'];
  readonly another: () => SpillingKeySet;
  readonly #options: SpillGroupOptions;
  #packed = new PackedBytes();
  #left: number;

  constructor(options: SpillGroupOptions, count: number) {
    this.codec = options.codec;
    this.compare = compareKeys(options.entity);
    this.another = () => options.another();
    this.#options = options;
    this.#left = options.uncounted;
    this.sets = Array.from({ length: count }, () => new SpillingKeySet(this));
  }

  beforeAdd(): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    this.#left = this.#options.uncounted;
    this.#options.count();
  }

  inMemory(): KeySet {
    return createKeySet(this.#options.entity, this.#packed);
  }

  inFile(): SpilledKeys {
    return new SpilledKeys(this.#options.file, this.codec);
  }

  /** Of memory: all of it, and what would be free. */
  get bytes(): { readonly all: number; readonly free: number } {
    let { bytes: all } = this.#packed;
    let free = all;
    let keys = 0;
    for (const set of this.sets) {
      all += set.bytes;
      free += set.hotBytes;
      keys += set.hotSize;
    }
    return { all, free: keys === 0 || free < keys * denseBytes ? 0 : free };
  }

  spill(): void {
    this.#packed = new PackedBytes();
    for (const set of this.sets) set.spill();
  }
}
