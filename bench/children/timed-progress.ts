import progress from 'cli-progress';
import { progressReporter } from '../../src/cli/progress-reporter.js';
import type { OnProgress } from '../../src/progress.js';

/** What a command on a terminal tells, and how long that takes; what is drawn goes to standard error, whatever that is. */
export async function timedProgress(): Promise<{ readonly onProgress: OnProgress; readonly end: () => number }> {
  Object.assign(process.stderr, { isTTY: true });
  let milliseconds = 0;
  let isTimed = false;
  const timed = (work: () => void): void => {
    if (isTimed) {
      work();
      return;
    }
    isTimed = true;
    const start = performance.now();
    work();
    milliseconds += performance.now() - start;
    isTimed = false;
  };
  // A bar draws itself when it is told of something, and by a timer.
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
