import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import type { Reference } from '../schema/schema.js';
import type { PlannedModel } from './planned-model.js';
import type { OutputBuffer } from '../values/output-buffer.js';
import type { Lane } from './target.js';
import type { TargetInner } from './target-inner.js';

/** A skipped object that another one needs. */
export interface Needed {
  readonly planned: PlannedModel;
  readonly key: Key;
}

/** How to read what a reference holds out of an object of the archive. */
export interface HeldBy {
  readonly reference: Reference;
  readonly value: (object: ArchiveObject) => Key | undefined;
}

/** What objects of the archive are in the target: under which key, and with which references. */
export interface WrittenRows {
  /** The key of the row that the object is there. */
  key(planned: PlannedModel, object: ArchiveObject): Key;
  /** The key under which the object was looked for, before it got another of its own. */
  ownKey(planned: PlannedModel, object: ArchiveObject): Key;
  /** Writes the row of an object that is written, as COPY text without its line end. */
  write(planned: PlannedModel, object: ArchiveObject, lane: Lane, out: OutputBuffer): void;
  /** What a reference will hold; undefined where it is NULL, or where nobody need look for its row. */
  held(planned: PlannedModel, held: HeldBy, object: ArchiveObject): Key | undefined;
  /** The same of a reference whose keys stand inside a value; undefined among them is what is no key. */
  heldInside(planned: PlannedModel, inner: TargetInner, object: ArchiveObject): readonly (Key | undefined)[];
  /** The skipped object without which this one stays out. */
  needs(planned: PlannedModel, object: ArchiveObject): Needed | undefined;
}
