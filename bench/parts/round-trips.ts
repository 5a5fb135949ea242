import type { DelayingProxy } from '../delaying-proxy-process.js';
import { startDelayingProxy } from '../delaying-proxy-process.js';
import type { Laboratory } from '../laboratory.js';
import type { Measurement } from '../measured-process.js';
import type { ResultRow } from '../result-row.js';
import { inSeconds } from '../result-row.js';
import { ratiosOf } from '../series.js';
import type { Part } from './part.js';

/** Both go through the proxy, so that the delay alone differs. */
export const roundTripsPart: Part = {
  about: '1 ms more on every round trip, against none',
  at: 'one size',
  measure: async (laboratory) => {
    const archive = await laboratory.archive();
    return [
      await delayed('export', laboratory, (proxy) =>
        laboratory.export(laboratory.path('again.json'), 'organisation', proxy.through(laboratory.databases.url('source'))),
      ),
      await delayed('import', laboratory, (proxy) => laboratory.import(archive, (url) => proxy.through(url))),
    ];
  },
};

async function delayed(
  what: string,
  laboratory: Laboratory,
  measure: (proxy: DelayingProxy) => Promise<Measurement>,
): Promise<ResultRow> {
  laboratory.log(`${what} with and without a delay …`);
  const runs: Record<0 | 1, Measurement[]> = { 0: [], 1: [] };
  let roundTrips = 0;
  for (let run = 0; run < laboratory.runs; run += 1) {
    for (const delay of [0, 1] as const) {
      const proxy = await startDelayingProxy(laboratory.databases.url('source'), delay);
      runs[delay].push(await measure(proxy));
      roundTrips = await proxy.stop();
    }
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
