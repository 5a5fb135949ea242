import type { Series } from '../series.js';

/** The same runs, less the seconds in which they read back what they had written. @throws RangeError where a run tells of none */
export function withoutReadingBack(series: Series): Series {
  const ours = series.ours.map((run) => {
    const { readBackSeconds = 0 } = run;
    // Every import reads back: the statement has got another name.
    if (readBackSeconds <= 0) throw new RangeError(`${series.what}: no statement was seen that reads back`);
    return { ...run, seconds: run.seconds - readBackSeconds, innerSeconds: run.innerSeconds - readBackSeconds };
  });
  return { ...series, what: `${series.what}, without the reading back`, ours };
}
