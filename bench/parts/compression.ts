import zlib from 'node:zlib';
import type { Laboratory } from '../laboratory.js';
import type { Measurement } from '../measured-process.js';
import type { ResultRow } from '../result-row.js';
import { inSeconds, skippedRow } from '../result-row.js';
import { ratiosOf } from '../series.js';
import type { Part } from './part.js';

const extensions = ['.gz', '.zst', '.br'] as const;

export const compressionPart: Part = {
  about: 'export to .gz, .zst and .br, against the export to a plain file; and the size of each',
  at: 'one size',
  measure: async (laboratory) => {
    laboratory.log('export to compressed archives …');
    const runs = new Map<string, Measurement[]>();
    const possible = extensions.filter((extension) => extension !== '.zst' || 'createZstdCompress' in zlib);
    for (let run = 0; run < laboratory.runs; run += 1) {
      for (const extension of ['', ...possible])
        (runs.get(extension) ?? runs.set(extension, []).get(extension))?.push(
          await laboratory.export(laboratory.path(`compressed.json${extension}`)),
        );
    }
    const plain = runs.get('') ?? [];
    return extensions.map((extension) => {
      const measured = runs.get(extension);
      if (measured === undefined)
        return skippedRow(laboratory.size, `compression: ${extension}`, `not in Node ${process.version}`);
      return row(laboratory, extension, measured, plain);
    });
  },
};

function row(laboratory: Laboratory, extension: string, runs: readonly Measurement[], plain: readonly Measurement[]): ResultRow {
  const [ours, theirs] = [laboratory.seconds(runs), laboratory.seconds(plain)];
  const bytes = ([run]: readonly Measurement[]): number => run?.bytes ?? 0;
  const share = ((bytes(runs) / bytes(plain)) * 100).toFixed(1);
  return {
    size: laboratory.size,
    what: `compression: export to ${extension}`,
    ours: `${inSeconds(ours)}, ${inMegabytes(bytes(runs))} (${share} %)`,
    comparedWith: `plain: ${inSeconds(theirs)}, ${inMegabytes(bytes(plain))}`,
    ratio: ours / theirs,
    ofRuns: ratiosOf(runs, plain),
    target: 2,
  };
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
