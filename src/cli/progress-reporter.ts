import type { OnProgress, ProgressEvent } from '../progress.js';

export interface ProgressReporter {
  readonly onProgress: OnProgress;
  stop(): void;
}

/** Between two plain lines, in milliseconds. */
const lineInterval = 3000;

const stages: Readonly<Record<ProgressEvent['stage'], string>> = {
  closure: 'finding what belongs',
  rows: 'writing',
  plan: 'planning',
  apply: 'importing',
  verify: 'verifying',
};

/** A bar on a terminal, a plain line every few seconds elsewhere, nothing under `--quiet`. */
export async function progressReporter(quiet: boolean): Promise<ProgressReporter> {
  if (quiet) return { onProgress: () => undefined, stop: () => undefined };
  return process.stderr.isTTY ? barReporter() : lineReporter();
}

/** Rows come as increments of a unit; the other stages tell what is done so far. */
class Tally {
  #id = '';
  #done = 0;

  add(event: ProgressEvent): number {
    const id = `${event.stage}\0${event.model}`;
    if (id !== this.#id) {
      this.#id = id;
      this.#done = 0;
    }
    this.#done = event.stage === 'rows' ? this.#done + event.done : event.done;
    return this.#done;
  }
}

function lineReporter(): ProgressReporter {
  const tally = new Tally();
  let last = Date.now();
  return {
    stop: () => undefined,
    onProgress: (event) => {
      const done = tally.add(event);
      if (Date.now() - last < lineInterval) return;
      last = Date.now();
      process.stderr.write(
        `${stages[event.stage]}: ${event.model} ${String(done)}${event.total === undefined ? '' : ` of ${String(event.total)}`}\n`,
      );
    },
  };
}

async function barReporter(): Promise<ProgressReporter> {
  const { default: progress } = await import('cli-progress');
  const tally = new Tally();
  const bar = new progress.SingleBar({
    format: '{stage} {model} {bar} {value} of {total} · {eta_formatted} left',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
  let current = '';
  return {
    stop: () => {
      bar.stop();
    },
    onProgress: (event) => {
      const done = tally.add(event);
      const payload = { stage: stages[event.stage], model: event.model };
      const id = `${event.stage} ${event.model}`;
      if (id !== current) {
        current = id;
        bar.start(event.total ?? done, done, payload);
        return;
      }
      if (event.total === undefined) bar.setTotal(done);
      bar.update(done, payload);
    },
  };
}
