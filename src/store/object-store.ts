import type { SourceFacts } from './byte-source.js';
import type { ObjectPlace } from './object-place.js';

/** What may stand under the name of an object when it gets it. */
export type ObjectCondition =
  { readonly kind: 'nothing' } | { readonly kind: 'anything' } | { readonly kind: 'version'; readonly version: string };

/** Buckets behind one client. Whatever fails is a {@link StoreFailure}. */
export interface ObjectStore {
  /** Undefined where there is no such object. */
  look(place: ObjectPlace, signal: AbortSignal): Promise<SourceFacts | undefined>;
  /** The bytes from `start` to before `end` of that version: a `condition` failure where there is another now. */
  read(place: ObjectPlace, version: string, start: number, end: number, signal: AbortSignal): Promise<Buffer>;
  /** Nothing is sent yet. @param partBytes how large its parts are to be: else what suits the store */
  upload(place: ObjectPlace, condition: ObjectCondition, partBytes?: number): ObjectUpload;
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
