import type { FileDraft, FileSink } from '../../src/index.js';

/** Keeps what is finished, and knows what was left open. */
export class MemorySink implements FileSink {
  readonly files = new Map<string, string>();
  open = 0;
  most = 0;

  create(name: string): Promise<FileDraft> {
    const chunks: Buffer[] = [];
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    const end = (): void => {
      this.open -= 1;
    };
    return Promise.resolve({
      write: (bytes) => Promise.resolve(void chunks.push(bytes)),
      end: () => Promise.resolve(),
      finish: () => {
        end();
        this.files.set(name, Buffer.concat(chunks).toString('latin1'));
        return Promise.resolve();
      },
      discard: () => {
        end();
        return Promise.resolve();
      },
    });
  }
}
