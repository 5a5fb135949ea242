import type { ArchiveHeader, ArchiveObject, ArchiveTrailer } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import type { FileVisitor } from '../../archive/archive-content.js';
import type { ArchiveReader } from '../../archive/open-archive.js';
import type { Key } from '../../closure/key.js';
import { compareKeysOf } from '../../closure/key-order.js';
import { objectKey } from '../../values/object-values.js';
import type { EmptiedReferences } from './emptied-references.js';

/** What is done about objects that neither an archive nor its target has. */
export interface Completion {
  /** Placeholders by model, in the order of their keys. */
  readonly placeholders: ReadonlyMap<string, readonly { readonly key: Key; readonly object: ArchiveObject }[]>;
  /** Models of placeholders of which the archive has no object: theirs come first. */
  readonly alone: ReadonlySet<string>;
  /** As they are named in an id map. */
  readonly names: ReadonlySet<string>;
  readonly emptied: EmptiedReferences;
  readonly header: ArchiveHeader;
  readonly trailer: ArchiveTrailer;
}

/** An archive as it is imported: with placeholders, and without references to what is nowhere. */
export class CompletedArchive implements ArchiveReader {
  readonly header: ArchiveHeader;
  readonly trailer: ArchiveTrailer;
  readonly #archive: ArchiveReader;
  readonly #completion: Completion;

  constructor(archive: ArchiveReader, completion: Completion) {
    this.#archive = archive;
    this.#completion = completion;
    this.header = completion.header;
    this.trailer = completion.trailer;
  }

  /** Whether an object, as it is named in an id map, is a placeholder. */
  isPlaceholder(name: string): boolean {
    return this.#completion.names.has(name);
  }

  get path(): string {
    return this.#archive.path;
  }

  get position(): ArchiveReader['position'] {
    return this.#archive.position;
  }

  objects(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]> {
    return this.#completed(this.#archive.objects(only), only);
  }

  encoded(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]> {
    return this.#completed(this.#archive.encoded(only), only);
  }

  files(visitor: FileVisitor): Promise<void> {
    return this.#archive.files(visitor);
  }

  async *#completed(
    source: AsyncGenerator<readonly ArchiveObject[]>,
    only: ReadonlySet<string> | undefined,
  ): AsyncGenerator<readonly ArchiveObject[]> {
    const { placeholders, emptied, alone } = this.#completion;
    const waiting = new Map(
      [...placeholders].filter(([model]) => only?.has(model) !== false).map(([model, all]) => [model, [...all]]),
    );
    for (const [model, all] of waiting) if (alone.has(model)) yield all.map(({ object }) => object);
    let last: string | undefined;
    const rest = (): readonly ArchiveObject[] => (waiting.get(last ?? '') ?? []).splice(0).map(({ object }) => object);
    for await (const batch of source) {
      const completed: ArchiveObject[] = [];
      for (const object of batch) {
        if (object.model !== last) {
          completed.push(...rest());
          last = object.model;
        }
        const before = waiting.get(object.model);
        if (before !== undefined && before.length > 0) completed.push(...this.#before(before, object));
        completed.push(emptied.empty(object).object);
      }
      yield completed;
    }
    const end = rest();
    if (end.length > 0) yield end;
  }

  /** Takes those of some placeholders that stand before an object; one that the archive has is none. */
  #before(waiting: { readonly key: Key; readonly object: ArchiveObject }[], object: ArchiveObject): readonly ArchiveObject[] {
    const shape = headerKeyShape(this.header, object.model);
    const compare = compareKeysOf(shape.kinds);
    const key = objectKey(object, shape) ?? '';
    const later = waiting.findIndex((one) => compare(one.key, key) >= 0);
    const taken = waiting.splice(0, later === -1 ? waiting.length : later);
    if (waiting[0] !== undefined && compare(waiting[0].key, key) === 0) waiting.shift();
    return taken.map((one) => one.object);
  }
}
