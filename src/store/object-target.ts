import type { ByteTarget } from './byte-target.js';
import { followSignal } from './follow-signal.js';
import { objectExists } from './object-exists.js';
import type { ObjectPlace } from './object-place.js';
import type { ObjectCondition, ObjectStore, ObjectUpload } from './object-store.js';
import { openStore } from './open-store.js';
import { sourceChanged } from './source-changed.js';
import { storeError } from './store-error.js';
import { StoreFailure } from './store-failure.js';

export interface ObjectTargetOptions {
  readonly signal?: AbortSignal | undefined;
  /** How large parts are to be; else what suits the store. */
  readonly partBytes?: number | undefined;
  /** Where a client is there already: each has connections of its own. */
  readonly store?: ObjectStore | undefined;
}

/**
 * An object that is written as it comes: one part is under way while the next is filled, and whoever writes faster waits. It has its
 * name when the last part has arrived, never before.
 */
export class ObjectTarget implements ByteTarget {
  readonly #place: ObjectPlace;
  readonly #condition: ObjectCondition;
  readonly #upload: ObjectUpload;
  /** Aborted with `signal`, or when nobody wants the object any more. */
  readonly #given = new AbortController();
  readonly #unfollow: () => void;
  #part: Buffer;
  #filled = 0;
  #spare: Buffer | undefined;
  #sending: Promise<void> = Promise.resolve();
  #bytes = 0;

  private constructor(place: ObjectPlace, condition: ObjectCondition, upload: ObjectUpload, signal: AbortSignal | undefined) {
    this.#place = place;
    this.#condition = condition;
    this.#upload = upload;
    this.#part = Buffer.allocUnsafe(upload.partBytes);
    this.#unfollow = followSignal(this.#given, signal);
  }

  static async open(
    place: ObjectPlace,
    condition: ObjectCondition,
    { signal, partBytes, store }: ObjectTargetOptions = {},
  ): Promise<ObjectTarget> {
    const upload = (store ?? (await openStore(place.store))).upload(place, condition, partBytes);
    return new ObjectTarget(place, condition, upload, signal);
  }

  async write(bytes: Buffer): Promise<boolean> {
    this.#bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      // A full part waits until something follows: the last one is never empty.
      if (this.#filled === this.#part.length) await this.#send();
      const copied = bytes.copy(this.#part, this.#filled, at);
      this.#filled += copied;
      at += copied;
    }
    return true;
  }

  async finish(): Promise<number> {
    try {
      await this.#sending;
      await this.#upload.finish(this.#part.subarray(0, this.#filled), this.#given.signal);
    } catch (error) {
      throw this.#named(error);
    } finally {
      this.#unfollow();
    }
    return this.#bytes;
  }

  async abort(): Promise<void> {
    this.#unfollow();
    this.#given.abort(new StoreFailure('other', 'given up'));
    await this.#sending.catch(() => undefined);
    await this.#upload.cancel();
  }

  async #send(): Promise<void> {
    try {
      await this.#sending;
    } catch (error) {
      throw this.#named(error);
    }
    // Nothing may be begun for an object that is given up.
    this.#given.signal.throwIfAborted();
    const part = this.#part;
    this.#sending = this.#upload.put(part, this.#given.signal).then((isFree) => {
      if (isFree) this.#spare = part;
    });
    this.#sending.catch(() => undefined);
    const { partBytes } = this.#upload;
    this.#part = this.#spare?.length === partBytes ? this.#spare : Buffer.allocUnsafe(partBytes);
    this.#spare = undefined;
    this.#filled = 0;
  }

  #named(error: unknown): unknown {
    if (!(error instanceof StoreFailure) || error.kind !== 'condition') return storeError(error, this.#place);
    switch (this.#condition.kind) {
      case 'nothing':
        return objectExists(this.#place);
      case 'version':
        return sourceChanged(this.#place.url);
      case 'anything':
        return storeError(error, this.#place);
    }
  }
}
