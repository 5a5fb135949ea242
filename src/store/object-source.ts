import { Readable } from 'node:stream';
import { UsageError } from '../errors/portolan-error.js';
import type { ByteSource, SourceFacts } from './byte-source.js';
import { followSignal } from './follow-signal.js';
import type { ObjectPlace } from './object-place.js';
import type { ObjectStore } from './object-store.js';
import { openStore } from './open-store.js';
import { briefPatience, longPatience, patiently } from './patience.js';
import { sourceChanged } from './source-changed.js';
import { storeError } from './store-error.js';
import { StoreFailure } from './store-failure.js';

/** So much is fetched at once, and as much ahead: no connection stays open while whoever reads is busy with something else. */
const blockBytes = 4 * 1024 * 1024;

/** So much is handed on at once, as of a file. */
const pieceBytes = 1 << 18;

/** An object that is read: in every pass the version that was seen first. */
export class ObjectSource implements ByteSource {
  readonly name: string;
  readonly #place: ObjectPlace;
  readonly #store: ObjectStore;
  readonly #signal: AbortSignal | undefined;
  #first: SourceFacts | undefined;
  /** Of that version: who looks at its beginning, and a small archive as a whole, is read once. */
  #head: Promise<Buffer> | undefined;

  /** @param first what stands there, where that is known */
  constructor(place: ObjectPlace, store: ObjectStore, signal: AbortSignal | undefined, first?: SourceFacts) {
    this.#first = first;
    this.name = place.url;
    this.#place = place;
    this.#store = store;
    this.#signal = signal;
  }

  static async open(place: ObjectPlace, signal?: AbortSignal): Promise<ObjectSource> {
    return new ObjectSource(place, await openStore(place.store), signal);
  }

  /** @throws UsageError ARCHIVE_NOT_FOUND, BUCKET_NOT_FOUND; FailedError STORE_* */
  async look(): Promise<SourceFacts> {
    const isFirst = this.#first === undefined;
    try {
      const patience = isFirst ? briefPatience : longPatience;
      const facts = await patiently(patience, this.#signal, (signal) => this.#store.look(this.#place, signal));
      if (facts === undefined) {
        if (!isFirst) throw sourceChanged(this.name);
        throw new UsageError('ARCHIVE_NOT_FOUND', `${this.name}: there is no such archive`);
      }
      this.#first ??= facts;
      return facts;
    } catch (error) {
      throw storeError(error, this.#place);
    }
  }

  read(start = 0, end?: number): Readable {
    const left = new AbortController();
    const unfollow = followSignal(left, this.#signal);
    const options = { objectMode: false, highWaterMark: pieceBytes };
    return Readable.from(this.#pieces(start, end, left.signal), options).once('close', () => {
      unfollow();
      left.abort(new StoreFailure('other', 'nobody reads on'));
    });
  }

  async *#pieces(start: number, end: number | undefined, left: AbortSignal): AsyncGenerator<Buffer> {
    const { version, size } = this.#first ?? (await this.look());
    const stop = Math.min(end ?? size, size);
    const fetch = (at: number): Promise<Buffer> | undefined => {
      if (at >= stop) return undefined;
      const block = this.#block(version, at, Math.min(blockEnd(at), size), left);
      block.catch(() => undefined);
      return block;
    };
    let next = fetch(start);
    for (let at = start; next !== undefined;) {
      const begin = at % blockBytes;
      const block = (await next).subarray(begin, begin + stop - at);
      at += block.length;
      next = fetch(at);
      for (let piece = 0; piece < block.length; piece += pieceBytes) yield block.subarray(piece, piece + pieceBytes);
    }
  }

  /** The whole block that holds the byte at `at`. */
  async #block(version: string, at: number, end: number, left: AbortSignal): Promise<Buffer> {
    const start = at - (at % blockBytes);
    if (start > 0) return this.#fetch(version, start, end, left);
    // Others may want it when this reader has gone.
    this.#head ??= this.#fetch(version, start, end, this.#signal).catch((error: unknown) => {
      this.#head = undefined;
      throw error;
    });
    return this.#head;
  }

  async #fetch(version: string, start: number, end: number, signal: AbortSignal | undefined): Promise<Buffer> {
    try {
      return await patiently(longPatience, signal, async (inner) => {
        const bytes = await this.#store.read(this.#place, version, start, end, inner);
        if (bytes.length === end - start) return bytes;
        throw new StoreFailure('passing', `${String(bytes.length)} bytes came instead of ${String(end - start)}`);
      });
    } catch (error) {
      if (error instanceof StoreFailure && (error.kind === 'condition' || error.kind === 'no object'))
        throw sourceChanged(this.name);
      throw storeError(error, this.#place);
    }
  }
}

function blockEnd(at: number): number {
  return at - (at % blockBytes) + blockBytes;
}
