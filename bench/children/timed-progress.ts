import progress from 'cli-progress';
import { progressReporter } from '../../src/cli/progress-reporter.js';
import type { OnProgress } from '../../src/progress.js';

/** What a command on a terminal tells, and how long that takes; what is drawn goes to standard error, whatever that is. */
export async function timedProgress(): Promise<{ readonly onProgress: OnProgress; readonly end: () => number }> {
  Object.assign(process.stderr, { isTTY: true });
  let milliseconds = 0;
  const timed = (work: () => void): void => {
    const start = performance.now();
    work();
    milliseconds += performance.now() - start;
  };
  // A bar draws itself by a timer, too.
  const drawn = progress.SingleBar.prototype as unknown as { render: (this: unknown, ...words: unknown[]) => void };
  const { render } = drawn;
  drawn.render = function (...words) {
    timed(() => {
      render.apply(this, words);
    });
  };
  const reporter = await progressReporter(false);
  return {
    onProgress: (event) => {
      timed(() => {
        reporter.onProgress(event);
      });
    },
    end: () => {
      reporter.clear();
      return milliseconds / 1000;
    },
  };
}
