import type { DelayingProxy } from '../delaying-proxy-process.js';
import { startDelayingProxy } from '../delaying-proxy-process.js';
import type { Laboratory } from '../laboratory.js';
import type { Measurement } from '../measured-process.js';
import type { ResultRow } from '../result-row.js';
import { inSeconds } from '../result-row.js';
import { middle, ratiosOf } from '../series.js';
import type { Part } from './part.js';

/** Three processes share the processors, so that a short one takes once this long and once that: a run is the middle one of several. */
const exportsOfARun = 3;

/** Both go through the proxy, so that the delay alone differs. */
export const roundTripsPart: Part = {
  about: '1 ms more on every round trip, against none',
  at: 'one size',
  measure: async (laboratory) => {
    const archive = await laboratory.archive();
    return [
      await delayed('export', exportsOfARun, laboratory, (proxy) =>
        laboratory.export(laboratory.path('again.json'), 'organisation', proxy.through(laboratory.databases.url('source'))),
      ),
      await delayed('import', 1, laboratory, (proxy) => laboratory.import(archive, (url) => proxy.through(url))),
    ];
  },
};

async function delayed(
  what: string,
  ofARun: number,
  laboratory: Laboratory,
  measure: (proxy: DelayingProxy) => Promise<Measurement>,
): Promise<ResultRow> {
  laboratory.log(`${what} with and without a delay …`);
  const runs: Record<0 | 1, Measurement[]> = { 0: [], 1: [] };
  let roundTrips = 0;
  for (let run = 0; run < laboratory.runs; run += 1) {
    const some: typeof runs = { 0: [], 1: [] };
    for (let one = 0; one < ofARun * 2; one += 1) {
      const delay = one % 2 === 0 ? 0 : 1;
      const proxy = await startDelayingProxy(laboratory.databases.url('source'), delay);
      some[delay].push(await measure(proxy));
      roundTrips = await proxy.stop();
    }
    for (const delay of [0, 1] as const) runs[delay].push(middle(some[delay]));
  }
  const [ours, theirs] = [laboratory.seconds(runs[1]), laboratory.seconds(runs[0])];
  return {
    size: laboratory.size,
    what: `delay: ${what} with 1 ms on each of ${roundTrips.toLocaleString('en')} round trips`,
    ours: inSeconds(ours),
    comparedWith: `without: ${inSeconds(theirs)}`,
    ratio: ours / theirs,
    ofRuns: ratiosOf(runs[1], runs[0]),
    target: 1.1,
  };
}
