import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { UsageError } from '../errors/portolan-error.js';
import type { SourceFacts } from '../store/byte-source.js';
import type { BucketPlace } from '../store/bucket-place.js';
import { bucketPlace } from '../store/bucket-place.js';
import { checkObject } from '../store/check-object.js';
import type { ObjectPlace } from '../store/object-place.js';
import type { ObjectNames, ObjectStore } from '../store/object-store.js';
import { ObjectTarget } from '../store/object-target.js';
import { openStore } from '../store/open-store.js';
import { briefPatience, longPatience, patiently } from '../store/patience.js';
import { storeError } from '../store/store-error.js';
import { StoreFailure } from '../store/store-failure.js';
import { fileCame } from './file-came.js';
import type { FileDigest } from './file-digest.js';
import { fileDigest } from './file-digest.js';
import type { FileDraft, FileSource } from './file-source.js';
import { inParallel } from './in-parallel.js';
import type { FileStore, FileTransaction } from './file-store.js';
import { objectFiles } from './object-files.js';

/** The least that a part of an upload may be, of all stores: most files are smaller. */
const partBytes = 5 * 1024 * 1024;

/** What the names of all objects begin with, behind the prefix, that have no place yet: a rule of the bucket can remove old ones by it. */
const waiting = '.portolan-';

/** So many objects get their names at once, or are removed. */
const jobs = 8;

/**
 * Puts files into a bucket, or where the names of its objects begin with a prefix. Until the rows are committed they stand under names of
 * their own (`.portolan-…/1.png`); then the store copies them to their places, and none takes the place of another object unasked.
 *
 * @example
 * await importObjects(dataSource, { archive: 'book/', files: objectFileStore('s3://media/books') });
 *
 * @throws UsageError OBJECT_URL
 */
export function objectFileStore(url: string): FileStore {
  const place = bucketPlace(url);
  if (place === undefined) throw new UsageError('OBJECT_URL', `${url} names no bucket`, { hint: 'Write s3://bucket/prefix.' });
  return { name: place.url, begin: (overwrite) => ObjectTransaction.begin(place, overwrite) };
}

interface Staged {
  readonly place: ObjectPlace;
  /** When it has arrived. */
  facts: SourceFacts | undefined;
}

class ObjectTransaction implements FileTransaction {
  readonly #place: BucketPlace;
  readonly #store: ObjectStore;
  readonly #overwrite: boolean;
  readonly #there: FileSource;
  readonly #folder = `${waiting}${randomUUID()}`;
  readonly #staged = new Map<string, Staged>();
  #count = 0;

  private constructor(place: BucketPlace, store: ObjectStore, overwrite: boolean) {
    this.#place = place;
    this.#store = store;
    this.#overwrite = overwrite;
    this.#there = objectFiles(place.url);
  }

  /** @throws UsageError BUCKET_NOT_FOUND, NO_STORE_PACKAGE; FailedError STORE_*: files cannot be put there */
  static async begin(place: BucketPlace, overwrite: boolean): Promise<ObjectTransaction> {
    const begun = new ObjectTransaction(place, await openStore(place.store), overwrite);
    await checkObject(begun.#object(`${begun.#folder}/0`), { kind: 'anything' }, undefined);
    return begun;
  }

  get staging(): string {
    return `${this.#place.url}${this.#folder}/`;
  }

  /** Not even their age says of which kind they are: a large import takes hours. Who may not ask is told nothing. */
  async strangers(): Promise<{ readonly count: number; readonly isMore: boolean } | undefined> {
    const { bucket, prefix } = this.#place;
    const list = (signal: AbortSignal): Promise<ObjectNames> =>
      this.#store.list(bucket, `${prefix}${waiting}`, undefined, signal);
    const names = await patiently(briefPatience, undefined, list).catch(() => undefined);
    if (names === undefined) return undefined;
    const others = names.paths.filter((path) => !path.startsWith(`${prefix}${this.#folder}/`));
    return { count: others.length, isMore: names.next !== undefined };
  }

  look(path: string): Promise<FileDigest | undefined> {
    return fileDigest(this.#there, path);
  }

  async stage(path: string): Promise<FileDraft> {
    this.#count += 1;
    const place = this.#object(`${this.#folder}/${String(this.#count)}${posix.extname(path)}`);
    const target = await ObjectTarget.open(place, { kind: 'nothing' }, { partBytes, store: this.#store });
    const staged: Staged = { place, facts: undefined };
    this.#staged.set(path, staged);
    return {
      write: async (bytes) => {
        await target.write(bytes);
      },
      end: async () => {
        await target.finish();
        const facts = await this.#asked(() => patiently(longPatience, undefined, (signal) => this.#store.look(place, signal)));
        if (facts === undefined) throw storeError(new StoreFailure('other', 'what was put there is not there'), this.#place);
        staged.facts = facts;
      },
      finish: () => Promise.resolve(),
      discard: async () => {
        await target.abort();
        await this.withdraw(path);
      },
    };
  }

  async withdraw(path: string): Promise<void> {
    const staged = this.#staged.get(path);
    this.#staged.delete(path);
    if (staged !== undefined) await this.#remove(staged.place);
  }

  async publish(): Promise<void> {
    const condition = { kind: this.#overwrite ? 'anything' : 'nothing' } as const;
    try {
      await inParallel(jobs, this.#staged, async ([path, { place, facts }]) => {
        if (facts !== undefined) await this.#asked(() => this.#store.copy(place, facts, this.#object(path), condition));
      });
    } finally {
      await this.discard();
    }
  }

  async discard(): Promise<void> {
    const places = [...this.#staged.values()].map(({ place }) => place);
    this.#staged.clear();
    await inParallel(jobs, places, (place) => this.#remove(place));
  }

  /** What is left of it harms nobody, and must not hide why it is to go. */
  async #remove(place: ObjectPlace): Promise<void> {
    await patiently(briefPatience, undefined, () => this.#store.remove(place)).catch(() => undefined);
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof StoreFailure && error.kind === 'condition') throw fileCame(this.#place.url, error);
      throw storeError(error, this.#place);
    }
  }

  /** Messages name the bucket only: names of objects are values of rows. */
  #object(path: string): ObjectPlace {
    const { store, bucket, prefix, url } = this.#place;
    return { store, bucket, path: `${prefix}${path}`, url };
  }
}
