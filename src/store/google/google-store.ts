import type { File } from '@google-cloud/storage';
import { IdempotencyStrategy, Storage } from '@google-cloud/storage';
import type { SourceFacts } from '../byte-source.js';
import type { ObjectPlace } from '../object-place.js';
import type { ObjectCondition, ObjectFacts, ObjectNames, ObjectStore, ObjectUpload } from '../object-store.js';
import { longPatience } from '../patience.js';
import { copyGoogleObject } from './google-copy.js';
import { googleFailure } from './google-failure.js';
import { readGoogleRange } from './google-read.js';
import { GoogleUpload } from './google-upload.js';

/** Google Cloud Storage: credentials, proxy and endpoint (`STORAGE_EMULATOR_HOST`) are found by the client's own rules. */
export function createGoogleStore(): ObjectStore {
  // It is tried again here, where it is known what has arrived: the client gives an upload up after three cuts, or ten minutes.
  const retryOptions = { autoRetry: false, idempotencyStrategy: IdempotencyStrategy.RetryAlways };
  return new GoogleStore(new Storage({ retryOptions, timeout: longPatience.timeout }));
}

class GoogleStore implements ObjectStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async look(place: ObjectPlace): Promise<ObjectFacts | undefined> {
    try {
      const [{ generation, size, updated, contentType, metadata = {} }] = await this.#file(place).getMetadata();
      return {
        version: String(generation),
        size: Number(size),
        modified: new Date(updated ?? 0),
        contentType: contentType ?? null,
        metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), String(value)])),
      };
    } catch (error) {
      const failure = googleFailure(error);
      if (failure.kind === 'no object') return undefined;
      throw failure;
    }
  }

  read({ bucket, path }: ObjectPlace, version: string, start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    return readGoogleRange(this.#storage.bucket(bucket).file(path), version, start, end, signal);
  }

  async list(bucket: string, prefix: string, from: string | undefined): Promise<ObjectNames> {
    try {
      const query = { prefix, autoPaginate: false, ...(from === undefined ? {} : { pageToken: from }) };
      // There is no query for more where there is no more, whatever the types say.
      const answer = await this.#storage.bucket(bucket).getFiles(query);
      const [files, next] = answer as unknown as readonly [readonly File[], { readonly pageToken?: string } | null];
      return { paths: files.map(({ name }) => name), next: next?.pageToken };
    } catch (error) {
      throw googleFailure(error);
    }
  }

  upload(place: ObjectPlace, condition: ObjectCondition, partBytes?: number): ObjectUpload {
    return new GoogleUpload(this.#file(place), condition, partBytes);
  }

  copy(from: ObjectPlace, facts: SourceFacts, to: ObjectPlace, condition: ObjectCondition): Promise<void> {
    return copyGoogleObject(this.#file(from), facts.version, this.#file(to), condition);
  }

  async remove(place: ObjectPlace): Promise<void> {
    try {
      await this.#file(place).delete();
    } catch (error) {
      const failure = googleFailure(error);
      if (failure.kind !== 'no object') throw failure;
    }
  }

  #file({ bucket, path }: ObjectPlace): File {
    return this.#storage.bucket(bucket).file(path);
  }
}
