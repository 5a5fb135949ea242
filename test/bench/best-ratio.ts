import type { Laboratory } from '../../bench/laboratory.js';
import { childScript } from '../../bench/measured-process.js';
import { endedProcess } from '../../bench/ended-process.js';
import type { Series } from '../../bench/series.js';
import { best } from '../../bench/series.js';

/** Three times the best of three. */
const mostRuns = 9;

/**
 * Ours by theirs, each the best of its runs: as many as it takes to be below the bound, which is one where nothing else is busy, and that may be known.
 *
 * @param added seconds that theirs would take too
 */
export async function bestRatio(
  laboratory: Laboratory,
  measure: (laboratory: Laboratory) => Promise<Series>,
  bound: number,
  added: number,
): Promise<number> {
  const all = { ours: [] as number[], theirs: [] as number[] };
  for (;;) {
    const { ours, theirs } = await measure(laboratory);
    all.ours.push(laboratory.seconds(ours));
    all.theirs.push(laboratory.seconds(theirs));
    const ratio = best(all.ours) / (best(all.theirs) + added);
    if (ratio <= bound || all.ours.length === mostRuns) return ratio;
    laboratory.forget();
  }
}

/** What a program takes that loads the data source, connects and ends. */
export async function secondsToStart(laboratory: Laboratory): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const env = { PORTOLAN_BENCH_URL: laboratory.databases.url('source') };
    times.push((await endedProcess(process.execPath, [childScript('connect')], { env })).seconds);
  }
  return best(times);
}
