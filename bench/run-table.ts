import type { Measurement } from './measured-process.js';
import type { Series } from './series.js';
import { best, median } from './series.js';

const head = `| objects | what | s (median) | s (best) | s inside (median) | objects/s | MB/s | queries | peak RSS, MB |
| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |`;

/** Every series of the run, with its seconds: those of one machine and one hour. */
export function runTable(all: readonly Series[]): string {
  const lines = all.flatMap(({ size, what, ours, comparedWith, theirs }) => [
    line(size, what, ours),
    line(size, `${comparedWith} (against ${what})`, theirs),
  ]);
  return [head, ...lines].join('\n');
}

function line(size: number, what: string, runs: readonly Measurement[]): string {
  const [first] = runs;
  if (first === undefined) throw new RangeError('no run to report');
  const all = runs.map((run) => run.seconds);
  const seconds = median(all);
  const cells = [
    size.toLocaleString('en'),
    what,
    seconds.toFixed(2),
    best(all).toFixed(2),
    median(runs.map((run) => run.innerSeconds)).toFixed(2),
    Math.round(first.objects / seconds).toLocaleString('en'),
    (first.bytes / 1e6 / seconds).toFixed(1),
    String(first.queries),
    megabytes(runs).toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The greatest of the runs. */
export function megabytes(runs: readonly Pick<Measurement, 'maxRss'>[]): number {
  return (Math.max(...runs.map((run) => run.maxRss)) * 1024) / 1e6;
}
