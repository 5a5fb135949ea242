import type { Measurement } from '../measured-process.js';
import type { ResultRow } from '../result-row.js';
import { inSeconds } from '../result-row.js';
import type { Part } from './part.js';

export const progressPart: Part = {
  about: 'share of an export that its bar takes, drawn as on a terminal',
  at: 'one size',
  measure: async (laboratory): Promise<readonly ResultRow[]> => {
    laboratory.log('export with a bar …');
    const runs: Measurement[] = [];
    while (runs.length < laboratory.runs) runs.push(await laboratory.exportDrawn());
    const ofRuns = runs.map(({ drawingSeconds = Number.NaN, innerSeconds }) => drawingSeconds / innerSeconds);
    const milliseconds = laboratory.statistic(runs.map(({ drawingSeconds = Number.NaN }) => drawingSeconds * 1000));
    return [
      {
        size: laboratory.size,
        what: 'progress: the bar of an export',
        ours: `${milliseconds.toFixed(0)} ms`,
        comparedWith: `the export: ${inSeconds(laboratory.innerSeconds(runs))}`,
        ratio: laboratory.statistic(ofRuns),
        ofRuns,
        target: 0.01,
      },
    ];
  },
};
