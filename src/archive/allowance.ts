import type { PortolanError } from '../errors/portolan-error.js';
import type { FileDraft, FileSink } from '../files/file-source.js';

/** How many bytes an output may have: of all that is in it, before compression. Whoever writes more fails, and leaves nothing behind. */
export class Allowance {
  readonly #refusal: () => PortolanError;
  #left: number;

  constructor(most: number, refusal: () => PortolanError) {
    this.#left = most;
    this.#refusal = refusal;
  }

  /** Before they are written. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw this.#refusal();
  }

  /** Of what was discarded. */
  giveBack(bytes: number): void {
    this.#left += bytes;
  }

  /** The same place for files, which holds no more. */
  sink(sink: FileSink): FileSink {
    return { create: async (name) => this.#draft(await sink.create(name)) };
  }

  #draft(draft: FileDraft): FileDraft {
    let written = 0;
    return {
      write: async (bytes) => {
        this.spend(bytes.length);
        written += bytes.length;
        await draft.write(bytes);
      },
      end: () => draft.end(),
      finish: () => draft.finish(),
      discard: () => {
        this.giveBack(written);
        return draft.discard();
      },
    };
  }
}
