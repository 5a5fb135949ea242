import { PortolanError, UsageError } from '../errors/portolan-error.js';
import type { BucketPlace } from '../store/bucket-place.js';
import { bucketPlace } from '../store/bucket-place.js';
import type { ObjectPlace } from '../store/object-place.js';
import { ObjectSource } from '../store/object-source.js';
import type { ObjectFacts, ObjectNames, ObjectStore } from '../store/object-store.js';
import { openStore } from '../store/open-store.js';
import type { Patience } from '../store/patience.js';
import { briefPatience, longPatience, patiently } from '../store/patience.js';
import { storeError } from '../store/store-error.js';
import { isFileName } from './file-name.js';
import type { FileSource, FileState, FoundFile } from './file-source.js';

/** Nobody has an object of this name, and it is asked for to learn whether one may ask. */
const unlikely = 'portolan-asks-whether-it-may-read';

/**
 * The objects of a bucket, or those whose names begin with a prefix. Each is read as it stood when it was found; a cut connection is taken up
 * again.
 *
 * @example
 * await exportObjects(dataSource, { objects: ['demoapp.Book.4'], output: 'book/', files: objectFiles('s3://media/books') });
 *
 * @throws UsageError OBJECT_URL
 */
export function objectFiles(url: string): FileSource {
  const place = bucketPlace(url);
  if (place === undefined) throw new UsageError('OBJECT_URL', `${url} names no bucket`, { hint: 'Write s3://bucket/prefix.' });
  return new ObjectFiles(place);
}

class ObjectFiles implements FileSource {
  readonly name: string;
  readonly #place: BucketPlace;
  #store: Promise<ObjectStore> | undefined;

  constructor(place: BucketPlace) {
    this.name = place.url;
    this.#place = place;
  }

  /** @throws UsageError BUCKET_NOT_FOUND, NO_STORE_PACKAGE; FailedError STORE_* */
  async check(signal?: AbortSignal): Promise<void> {
    await this.#look(this.#object(unlikely), briefPatience, signal);
  }

  async stat(path: string, signal?: AbortSignal): Promise<FileState> {
    if (!isFileName(path)) return { kind: 'outside' };
    const object = this.#object(path);
    const facts = await this.#look(object, longPatience, signal);
    if (facts === undefined) return { kind: 'missing' };
    const { version, size, modified, contentType, metadata } = facts;
    const stored = { bucket: object.bucket, path: object.path, contentType, metadata };
    return { kind: 'file', size, modified, version, isFixed: true, stored };
  }

  async *open(path: string, { version, size }: FoundFile, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const source = new ObjectSource(this.#object(path), await this.#open(), signal, { version, size });
    try {
      for await (const chunk of source.read()) yield chunk as Buffer;
    } catch (error) {
      // Whoever counts the bytes sees that it is not what was found.
      if (!(error instanceof PortolanError) || error.code !== 'ARCHIVE_CHANGED') throw error;
    }
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<string> {
    const { bucket, prefix: own } = this.#place;
    const store = await this.#open();
    for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
      const from = next;
      const names: ObjectNames = await this.#asked(() =>
        patiently(longPatience, signal, (inner) => store.list(bucket, `${own}${prefix}`, from, inner)),
      );
      for (const name of names.paths) {
        const path = name.slice(own.length);
        // Folders that somebody made by hand are objects whose names end in a slash.
        if (isFileName(path)) yield path;
      }
      ({ next } = names);
    }
  }

  async #look(object: ObjectPlace, patience: Patience, signal: AbortSignal | undefined): Promise<ObjectFacts | undefined> {
    const store = await this.#open();
    return this.#asked(() => patiently(patience, signal, (inner) => store.look(object, inner)));
  }

  #open(): Promise<ObjectStore> {
    this.#store ??= openStore(this.#place.store);
    return this.#store;
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw storeError(error, this.#place);
    }
  }

  /** Messages name the bucket only: names of objects are values of rows. */
  #object(path: string): ObjectPlace {
    const { store, bucket, prefix, url } = this.#place;
    return { store, bucket, path: `${prefix}${path}`, url };
  }
}
