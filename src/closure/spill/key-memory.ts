import type { KeySet } from '../key-set.js';
import type { KeyedEntity, KeySets } from '../key-sets.js';
import { inMemory } from '../key-sets.js';
import type { OpenedFile } from './block-file.js';
import { BlockFile } from './block-file.js';
import type { KeyCodec } from './key-codec.js';
import { keyCodecOf } from './key-codec.js';
import { SpillGroup } from './spill-group.js';
import type { SpillingKeySet } from './spilling-key-set.js';

/** So many keys come to a set, at most, before the memory is counted again; where little is allowed, fewer. */
const mostUncounted = 1024;
const bytesUncounted = 1024;

/** What takes less than this part of the limit stays: else sets would go key by key where what must stay takes all of it. */
const leastPart = 1 / 8;

/**
 * Sets that together take about as much memory as they may: past that, the largest go to a file, sorted, until half of it is free. What they
 * answer does not depend on it.
 */
export class KeyMemory implements KeySets {
  readonly #limit: number;
  readonly #file: BlockFile;
  readonly #uncounted: number;
  #groups: readonly WeakRef<SpillGroup>[] = [];
  /** With more groups than this it is time to look which of them are gone. */
  #many = 64;

  constructor(limit: number, open: () => OpenedFile) {
    this.#limit = limit;
    this.#file = new BlockFile(open);
    this.#uncounted = Math.max(1, Math.min(mostUncounted, Math.floor(limit / bytesUncounted)));
  }

  together(entity: KeyedEntity, count: number): readonly KeySet[] {
    const codec = keyCodecOf(entity);
    return codec === undefined ? inMemory.together(entity, count) : this.#together(entity, codec, count);
  }

  /** Removes the file: sets that have keys there can be asked no more. */
  close(): void {
    this.#file.close();
  }

  #together(entity: KeyedEntity, codec: KeyCodec, count: number): readonly SpillingKeySet[] {
    const another = (): SpillingKeySet => this.#together(entity, codec, 1)[0] as SpillingKeySet;
    const options = { entity, codec, file: this.#file, uncounted: this.#uncounted, count: this.#count, another };
    const group = new SpillGroup(options, count);
    this.#groups = [...this.#groups, new WeakRef(group)];
    if (this.#groups.length > this.#many) this.#many = 2 * this.#present().length;
    return group.sets;
  }

  /** Those whose sets are still used. */
  #present(): readonly SpillGroup[] {
    const present = this.#groups.flatMap((one) => one.deref() ?? []);
    if (present.length < this.#groups.length) this.#groups = this.#groups.filter((one) => one.deref() !== undefined);
    return present;
  }

  readonly #count = (): void => {
    const sized = this.#present().map((group) => ({ group, bytes: group.bytes }));
    let used = sized.reduce((sum, { bytes }) => sum + bytes.all, 0);
    if (used <= this.#limit) return;
    sized.sort((a, b) => b.bytes.free - a.bytes.free);
    for (const { group, bytes } of sized) {
      if (used <= this.#limit / 2 || bytes.free === 0 || bytes.free < this.#limit * leastPart) return;
      group.spill();
      used += group.bytes.all - bytes.all;
    }
  };
}
