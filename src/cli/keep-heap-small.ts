import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** By how much memory may grow between two collections, in percent of what is in use. V8 itself goes up to three times of that, which is only faster where little is kept. */
const growth = 50;

/** Of both halves of the young generation, in bytes. V8 itself goes up to 32 MiB, and as much garbage lies about in it, and what that holds outside of the heap. */
const youngGeneration = 8 * 1024 * 1024;

/** Between two looks, in milliseconds. */
const pause = 5;

/**
 * What streams through a command is garbage soon after: little is gained where that piles up. To be called before anything else is loaded; a program of its own
 * decides for itself, and can say the same: `node --heap-growing-percent=50 --max-semi-space-size=4`.
 *
 * The largest size of the young generation is fixed when V8 starts, before anybody can say anything. But it is asked at each growth by which factor
 * (https://github.com/v8/v8/blob/11.3.244/src/heap/new-spaces.cc, `SemiSpaceNewSpace::Grow`): by 1 it stays what it is.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${String(growth)}`);
  const timer = setInterval(() => {
    if (youngGenerationSize() < youngGeneration) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, pause);
  timer.unref();
}

function youngGenerationSize(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;
}
