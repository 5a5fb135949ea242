import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { ModelRun } from '../import/model-runs.js';
import { modelRuns } from '../import/model-runs.js';
import { objectLine } from '../values/object-values.js';
import { objectReader } from './object-reader.js';
import { Spool } from './spool.js';

/**
 * One pass over an archive, model by model in an order that need not be its own. Models that stand before the one that is wanted wait
 * in temporary files; where both orders agree, there are none.
 */
export class ModelsInOrder {
  readonly #archive: ArchiveReader;
  readonly #folder: string;
  readonly #runs: AsyncGenerator<ModelRun>;
  readonly #spools = new Map<string, Spool>();

  /** The archive has been read to its end once. */
  constructor(archive: ArchiveReader, folder: string) {
    this.#archive = archive;
    this.#folder = folder;
    this.#runs = modelRuns(archive.encoded());
  }

  /** The objects of a model, in the order of their keys. Each model is asked for once, and read to its end. */
  async *of(model: string): AsyncGenerator<readonly ArchiveObject[]> {
    const spool = this.#spools.get(model);
    if (spool !== undefined) {
      const read = objectReader(this.#archive.header, model);
      for await (const lines of spool.lines()) yield read(lines);
      this.#spools.delete(model);
      await spool.discard();
      return;
    }
    const { objects = {} } = this.#archive.trailer ?? {};
    if (!Object.hasOwn(objects, model) || objects[model] === 0) return;
    for (;;) {
      const next = await this.#runs.next();
      if (next.done === true) return;
      if (next.value.model === model) {
        yield* next.value.batches;
        return;
      }
      await this.#putAside(next.value);
    }
  }

  /** Reads what is left, so that all of it is proven to be what the first pass read. @throws RefusedError ARCHIVE_CHANGED, ARCHIVE_DAMAGED */
  async finish(): Promise<void> {
    while ((await this.#runs.next()).done !== true);
  }

  /** To be called whatever happened. */
  async close(): Promise<void> {
    await this.#runs.return(undefined);
    for (const spool of this.#spools.values()) await spool.discard();
    this.#spools.clear();
  }

  async #putAside({ model, batches }: ModelRun): Promise<void> {
    const spool = await Spool.create(this.#folder);
    this.#spools.set(model, spool);
    for await (const objects of batches) {
      await spool.write(Buffer.concat(objects.flatMap((object) => [objectLine(object), lineFeed])));
    }
  }
}

const lineFeed = Buffer.from('\n');
