import { createHash } from 'node:crypto';
import type { File } from '@google-cloud/storage';
import { contentType } from '../content-type.js';
import type { ObjectCondition, ObjectUpload } from '../object-store.js';
import { briefPatience, longPatience, patiently } from '../patience.js';
import { asUnsettled, StoreFailure } from '../store-failure.js';
import { googleFailure, statusOf } from './google-failure.js';
import { preconditions } from './preconditions.js';

/** What the store says of a request to an upload that was begun. */
type Answer =
  /** So many bytes of the whole are safe; it waits for more. */
  { readonly kind: 'more'; readonly safe: number } | { readonly kind: 'done'; readonly object: StoredObject };

interface StoredObject {
  readonly generation?: string;
  readonly size?: string;
  readonly md5Hash?: string;
}

/**
 * A resumable upload (https://cloud.google.com/storage/docs/performing-resumable-uploads): a session that takes parts. After a cut it is
 * asked how far it came. The last part carries the MD5 of the whole: the store makes no object of anything else.
 */
export class GoogleUpload implements ObjectUpload {
  /** A multiple of 256 KiB, as the store wants it. */
  readonly partBytes: number;
  readonly #file: File;
  readonly #condition: ObjectCondition;
  readonly #md5 = createHash('md5');
  #session: string | undefined;
  /** Where the part under way begins. */
  #offset = 0;

  constructor(file: File, condition: ObjectCondition, partBytes = 8 * 1024 * 1024) {
    this.partBytes = partBytes;
    this.#file = file;
    this.#condition = condition;
  }

  async start(): Promise<void> {
    if (this.#session !== undefined) return;
    const metadata = { contentType: contentType(this.#file.name) };
    this.#session = await patiently(briefPatience, undefined, async () => {
      try {
        const [session] = await this.#file.createResumableUpload({ metadata, preconditionOpts: preconditions(this.#condition) });
        return session;
      } catch (error) {
        throw startFailure(error);
      }
    });
  }

  async put(part: Buffer, signal: AbortSignal | undefined): Promise<boolean> {
    await this.start();
    this.#md5.update(part);
    const { attempts } = await this.#send(part, undefined, signal);
    this.#offset += part.length;
    return attempts === 1;
  }

  async finish(last: Buffer, signal: AbortSignal | undefined): Promise<void> {
    await this.start();
    const md5 = this.#md5.update(last).digest('base64');
    signal?.throwIfAborted();
    const { object } = await this.#send(last, md5, undefined).catch(asUnsettled);
    const isWhole = Number(object?.size) === this.#offset + last.length;
    if (isWhole && (object?.md5Hash === undefined || object.md5Hash === md5)) return;
    // A store that does not look at the checksum has given it its name.
    await this.#remove(object?.generation);
    throw new StoreFailure('checksum', 'it has another MD5 there');
  }

  /** Anybody who has the session's address could go on with it for a week. */
  async cancel(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    await patiently({ delays: [500], timeout: 2000 }, undefined, async () => {
      // 499 says that it is gone.
      await this.#file.request({ method: 'DELETE', uri: session, headers: { 'Content-Length': 0 } });
    }).catch(() => undefined);
  }

  /** @param md5 of the whole, with the last part */
  async #send(
    part: Buffer,
    md5: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly object: StoredObject | undefined; readonly attempts: number }> {
    const end = this.#offset + part.length;
    let safe = this.#offset;
    let attempts = 0;
    let isCut = false;
    while (true) {
      const before = safe;
      // As long as something arrives, it is tried anew.
      const answer = await patiently(longPatience, signal, async () => {
        attempts += 1;
        if (isCut) {
          // Not with the length: an upload that has all its bytes would end with it, whatever they are.
          const known = await this.#request(undefined, 'bytes */*', {});
          isCut = false;
          if (known.kind === 'done' || known.safe !== safe) return known;
        }
        isCut = true;
        const rest = part.subarray(safe - this.#offset);
        const range = rest.length === 0 ? '*' : `${String(safe)}-${String(end - 1)}`;
        const total = md5 === undefined ? '*' : String(end);
        const sent = await this.#request(
          rest,
          `bytes ${range}/${total}`,
          md5 === undefined ? {} : { 'X-Goog-Hash': `md5=${md5}` },
        );
        isCut = false;
        if (sent.kind === 'more' && sent.safe <= safe)
          throw new StoreFailure('passing', 'the store keeps nothing of what it is sent');
        return sent;
      });
      if (answer.kind === 'done') {
        if (md5 === undefined) throw new StoreFailure('other', 'the store ended the upload before its end');
        return { object: answer.object, attempts };
      }
      safe = answer.safe;
      if (safe < before || safe > end) throw new StoreFailure('other', 'the store has lost what it had taken');
      if (safe === end && md5 === undefined) return { object: undefined, attempts };
    }
  }

  async #request(body: Buffer | undefined, range: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    try {
      const [object] = (await this.#file.request({
        method: 'PUT',
        uri: this.#session ?? '',
        headers: { ...headers, 'Content-Range': range },
        ...(body === undefined || body.length === 0 ? {} : { body }),
      })) as unknown as readonly [StoredObject];
      return { kind: 'done', object };
    } catch (error) {
      if (statusOf(error) !== 308) throw sessionFailure(error);
      const { range: kept } = (error as { readonly response: { readonly headers: Readonly<Record<string, string>> } }).response
        .headers;
      return { kind: 'more', safe: kept === undefined ? 0 : Number(kept.slice(kept.indexOf('-') + 1)) + 1 };
    }
  }

  async #remove(generation: string | undefined): Promise<void> {
    if (generation !== undefined) await this.#file.delete({ ifGenerationMatch: generation }).catch(() => undefined);
  }
}

/** What is not there any more is the upload. */
function sessionFailure(error: unknown): StoreFailure {
  const failure = googleFailure(error);
  const isGone = failure.kind === 'no object' || failure.kind === 'no bucket' || statusOf(error) === 410;
  return isGone ? new StoreFailure('other', 'the store does not know the upload any more', failure.stack) : failure;
}

/** Only a bucket can be missing where an object is to be made. */
function startFailure(error: unknown): StoreFailure {
  const failure = googleFailure(error);
  return failure.kind === 'no object' ? new StoreFailure('no bucket', failure.message, failure.stack) : failure;
}
