import type { OnProgress } from '../progress.js';

export interface ProgressReporter {
  readonly onProgress: OnProgress;
  /** Takes the bar away; what is told later brings it back. */
  clear(): void;
}

/** Between two plain lines, in milliseconds. */
const lineInterval = 3000;

/** Where the terminal does not say how wide it is. */
const usualColumns = 80;

/** A bar on a terminal, a plain line every few seconds elsewhere, nothing under `--quiet`. */
export async function progressReporter(quiet: boolean): Promise<ProgressReporter> {
  if (quiet) return { onProgress: () => undefined, clear: () => undefined };
  return process.stderr.isTTY && process.env['TERM'] !== 'dumb' ? barReporter() : lineReporter();
}

async function lineReporter(): Promise<ProgressReporter> {
  const { ProgressView } = await import('./progress-view.js');
  const view = new ProgressView();
  let last: number | undefined;
  return {
    clear: () => undefined,
    onProgress: (event) => {
      const now = performance.now();
      view.note(event, now);
      last ??= now;
      if (now - last < lineInterval) return;
      last = now;
      process.stderr.write(`${view.line(now)}\n`);
    },
  };
}

/** An event is noted, and costs next to nothing; the bar is drawn five times a second, and when a stage begins. */
async function barReporter(): Promise<ProgressReporter> {
  const { default: progress } = await import('cli-progress');
  const { ProgressView } = await import('./progress-view.js');
  const view = new ProgressView();
  const bar = new progress.SingleBar({
    // A terminal goes to the next line where the last column is written.
    format: () => view.bar(performance.now(), (process.stderr.columns || usualColumns) - 1),
    stream: process.stderr,
    fps: 5,
    synchronousUpdate: false,
    hideCursor: true,
    clearOnComplete: true,
  });
  let drawn: string | undefined;
  const clear = (): void => {
    drawn = undefined;
    bar.stop();
  };
  // Whoever ends the process at once gets the cursor back.
  process.once('exit', clear);
  return {
    clear,
    onProgress: (event) => {
      view.note(event, performance.now());
      if (drawn !== event.stage) bar.start(1, 0);
      drawn = event.stage;
    },
  };
}
