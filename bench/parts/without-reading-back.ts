import type { Series } from '../series.js';

/** The same runs, less the seconds in which they read back what they had written. */
export function withoutReadingBack(series: Series): Series {
  const ours = series.ours.map((run) => {
    const { readBackSeconds = Number.NaN } = run;
    return { ...run, seconds: run.seconds - readBackSeconds, innerSeconds: run.innerSeconds - readBackSeconds };
  });
  return { ...series, what: `${series.what}, without the reading back`, ours };
}
