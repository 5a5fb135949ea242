import type { File } from '@google-cloud/storage';
import { IdempotencyStrategy, Storage } from '@google-cloud/storage';
import type { SourceFacts } from '../byte-source.js';
import type { ObjectPlace } from '../object-place.js';
import type { ObjectCondition, ObjectStore, ObjectUpload } from '../object-store.js';
import { longPatience } from '../patience.js';
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

  async look(place: ObjectPlace): Promise<SourceFacts | undefined> {
    try {
      const [{ generation, size }] = await this.#file(place).getMetadata();
      return { version: String(generation), size: Number(size) };
    } catch (error) {
      const failure = googleFailure(error);
      if (failure.kind === 'no object') return undefined;
      throw failure;
    }
  }

  read({ bucket, path }: ObjectPlace, version: string, start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    return readGoogleRange(this.#storage.bucket(bucket).file(path), version, start, end, signal);
  }

  upload(place: ObjectPlace, condition: ObjectCondition, partBytes?: number): ObjectUpload {
    return new GoogleUpload(this.#file(place), condition, partBytes);
  }

  #file({ bucket, path }: ObjectPlace): File {
    return this.#storage.bucket(bucket).file(path);
  }
}
