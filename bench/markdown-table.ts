import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Measurement } from './measured-process.js';

/** Runs of one thing, and of the plain COPY that it is compared with. */
export interface Comparison {
  readonly size: number;
  readonly part: 'export' | 'import';
  readonly ours: readonly Measurement[];
  readonly plain: readonly Measurement[];
}

export const tableHead = `| objects | what | s (median) | s (best) | objects/s | MB/s | queries | peak RSS, MB | ratio to COPY |
|---:|---|---:|---:|---:|---:|---:|---:|---:|`;

/** Two rows: Portolan's, and that of plain COPY. The ratio is that of the medians. */
export function tableRows(comparison: Comparison): string {
  const { part, ours, plain } = comparison;
  const ratio = median(ours.map(secondsOf)) / median(plain.map(secondsOf));
  return [
    row(comparison, part, ours, ratio.toFixed(2)),
    row(comparison, part === 'export' ? 'COPY row_to_json' : 'COPY FROM', plain, '1'),
  ].join('\n');
}

function row({ size }: Comparison, what: string, runs: readonly Measurement[], ratio: string): string {
  const seconds = median(runs.map(secondsOf));
  const [first] = runs;
  if (first === undefined) throw new RangeError('no run to report');
  const memory = Math.max(...runs.map((run) => run.maxRss)) / 1024;
  const cells = [
    size.toLocaleString('en'),
    what,
    seconds.toFixed(2),
    Math.min(...runs.map(secondsOf)).toFixed(2),
    Math.round(first.objects / seconds).toLocaleString('en'),
    (first.bytes / 1e6 / seconds).toFixed(1),
    String(first.queries),
    memory.toFixed(0),
    ratio,
  ];
  return `| ${cells.join(' | ')} |`;
}

export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${process.platform} ${process.arch}, ${String(availableParallelism())} × ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; Node ${process.version}`;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function secondsOf(run: Measurement): number {
  return run.seconds;
}
