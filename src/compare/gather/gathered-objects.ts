import type { ArchiveObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import { compareKeysOf } from '../../closure/key-order.js';
import { objectKey, objectLine } from '../../values/object-values.js';
import { KeySorter } from '../key-sorter.js';
import type { MergeSource } from '../merge-pass.js';
import type { ModelsInOrder } from '../models-in-order.js';
import type { Gathering } from './gathering.js';
import { ObjectRewriter } from './object-rewriter.js';
import type { OriginKeys } from './origin-keys.js';

/** One pass over an archive whose objects get the keys that they have in the merged one, model by model, in the order of these keys. */
export class GatheredObjects implements MergeSource {
  readonly #gathering: Gathering;
  readonly #origin: OriginKeys;
  readonly #pass: ModelsInOrder;
  readonly #folder: string;
  readonly #sortSize: number;

  constructor(
    gathering: Gathering,
    origin: OriginKeys,
    pass: ModelsInOrder,
    { folder, sortSize }: { readonly folder: string; readonly sortSize: number },
  ) {
    this.#gathering = gathering;
    this.#origin = origin;
    this.#pass = pass;
    this.#folder = folder;
    this.#sortSize = sortSize;
  }

  async *of(model: string): AsyncGenerator<readonly ArchiveObject[]> {
    const rewriter = new ObjectRewriter(this.#gathering, this.#origin, model);
    if (this.#origin.of(model).moved.size === 0) {
      for await (const objects of this.#pass.of(model)) yield objects.map((object) => rewriter.rewrite(object));
      return;
    }
    const shape = headerKeyShape(this.#gathering.header, model);
    const sorter = new KeySorter<ArchiveObject>({
      compare: compareKeysOf(shape.kinds),
      keyOf: (object) => objectKey(object, shape) ?? '',
      line: (object) => objectLine(object).toString('utf8'),
      parse: (line) => JSON.parse(line) as ArchiveObject,
      ...{ folder: this.#folder, size: this.#sortSize },
    });
    try {
      for await (const objects of this.#pass.of(model)) await sorter.add(objects.map((object) => rewriter.rewrite(object)));
      for await (const { items } of sorter.sorted()) yield items;
    } finally {
      await sorter.discard();
    }
  }

  finish(): Promise<void> {
    return this.#pass.finish();
  }

  close(): Promise<void> {
    return this.#pass.close();
  }
}
