import progress from 'cli-progress';
import { progressReporter } from '../../src/cli/progress-reporter.js';
import type { OnProgress } from '../../src/progress.js';

/**
 * What a command on a terminal tells, and how much of the processor's time that takes: while both cores are busy, others run in between. What is
 * drawn goes to standard error, whatever that is.
 */
export async function timedProgress(): Promise<{ readonly onProgress: OnProgress; readonly end: () => number }> {
  Object.assign(process.stderr, { isTTY: true });
  let microseconds = 0;
  let isTimed = false;
  const timed = (work: () => void): void => {
    if (isTimed) {
      work();
      return;
    }
    isTimed = true;
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
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
      return microseconds / 1e6;
    },
  };
}
