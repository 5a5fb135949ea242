import type { ArchiveObject } from '../../archive/archive.js';
import { objectLine } from '../../values/object-values.js';
import type { ModelsInOrder } from '../models-in-order.js';
import { objectReader } from '../object-reader.js';
import { Spool } from '../spool.js';
import type { Gathering } from './gathering.js';

type Batches = AsyncGenerator<readonly ArchiveObject[]>;

/** The objects of one model in all archives, as often as they are needed: those that are needed more than once wait in temporary files. */
export class ModelObjects {
  readonly #gathering: Gathering;
  readonly #model: string;
  /** By database, by archive. */
  readonly #passes: readonly (readonly ModelsInOrder[])[];
  readonly #spools: (readonly Spool[])[] = [];

  private constructor(gathering: Gathering, model: string, passes: readonly (readonly ModelsInOrder[])[]) {
    this.#gathering = gathering;
    this.#model = model;
    this.#passes = passes;
  }

  /** Without a folder they can be read once. */
  static async of(
    gathering: Gathering,
    model: string,
    passes: readonly (readonly ModelsInOrder[])[],
    folder: string | undefined,
  ): Promise<ModelObjects> {
    const objects = new ModelObjects(gathering, model, passes);
    try {
      if (folder !== undefined) await objects.#putAside(folder);
      return objects;
    } catch (error) {
      await objects.discard();
      throw error;
    }
  }

  /** Those of one database. */
  async *from(place: number): Batches {
    const spools = this.#spools[place];
    if (spools === undefined) {
      for (const pass of this.#passes[place] ?? []) yield* pass.of(this.#model);
      return;
    }
    const { archives = [] } = this.#gathering.origins[place] ?? {};
    for (const [at, spool] of spools.entries()) {
      const archive = archives[at];
      if (archive === undefined) continue;
      const read = objectReader(archive.header, this.#model);
      for await (const lines of spool.lines()) yield read(lines);
    }
  }

  /** Nobody needs them: what stands behind them does not wait for them. */
  async passOver(): Promise<void> {
    for (const pass of this.#passes.flat()) {
      const objects = pass.of(this.#model);
      while ((await objects.next()).done !== true);
    }
  }

  /** To be called whatever happened. */
  async discard(): Promise<void> {
    for (const spool of this.#spools.flat()) await spool.discard();
  }

  async #putAside(folder: string): Promise<void> {
    for (const passes of this.#passes) {
      const spools: Spool[] = [];
      this.#spools.push(spools);
      for (const pass of passes) {
        const spool = await Spool.create(folder);
        spools.push(spool);
        for await (const objects of pass.of(this.#model))
          await spool.write(Buffer.concat(objects.flatMap((object) => [objectLine(object), lineFeed])));
      }
    }
  }
}

const lineFeed = Buffer.from('\n');
