import type { SourceFacts } from './byte-source.js';
import type { ObjectPlace } from './object-place.js';

/** What may stand under the name of an object when it gets it. */
export type ObjectCondition =
  { readonly kind: 'nothing' } | { readonly kind: 'anything' } | { readonly kind: 'version'; readonly version: string };

/** What a store knows of an object. */
export interface ObjectFacts extends SourceFacts {
  readonly modified: Date;
  readonly contentType: string | null;
  /** What whoever put it there said of it, by names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Names of objects, and how to ask for those that follow. */
export interface ObjectNames {
  readonly paths: readonly string[];
  /** Undefined where there are no more. */
  readonly next: string | undefined;
}

/** Buckets behind one client. Whatever fails is a {@link StoreFailure}. */
export interface ObjectStore {
  /** Undefined where there is no such object. */
  look(place: ObjectPlace, signal: AbortSignal): Promise<ObjectFacts | undefined>;
  /** The bytes from `start` to before `end` of that version: a `condition` failure where there is another now. */
  read(place: ObjectPlace, version: string, start: number, end: number, signal: AbortSignal): Promise<Buffer>;
  /** Some of the objects whose names begin so, in the order of their bytes. @param from what was told to be next */
  list(bucket: string, prefix: string, from: string | undefined, signal: AbortSignal): Promise<ObjectNames>;
  /** Nothing is sent yet. @param partBytes how large its parts are to be: else what suits the store */
  upload(place: ObjectPlace, condition: ObjectCondition, partBytes?: number): ObjectUpload;
  /**
   * Within the store: the bytes of that version get another name as well, whole or not at all. A `condition` failure where something stands
   * there that they must not replace, or where the version is none any more.
   */
  copy(from: ObjectPlace, facts: SourceFacts, to: ObjectPlace, condition: ObjectCondition): Promise<void>;
  /** Of what is gone already nothing is said. */
  remove(place: ObjectPlace): Promise<void>;
}

/** An object on its way: its parts one after the other, then the last one, with which it has its name. */
export interface ObjectUpload {
  /** So many bytes the next part is to have. */
  readonly partBytes: number;
  /** Asks the store to take it, if that has not been done. No signal is heard: what was begun and is not known could not be given up. */
  start(): Promise<void>;
  /** True where nobody looks at the bytes any more. */
  put(part: Buffer, signal: AbortSignal | undefined): Promise<boolean>;
  /** With it the object is there, whole. `signal` is heard as long as it is certain that it is not. */
  finish(last: Buffer, signal: AbortSignal | undefined): Promise<void>;
  /** What was taken is given up. */
  cancel(): Promise<void>;
}
