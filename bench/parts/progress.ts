import type { ResultRow } from '../result-row.js';
import { inSeconds } from '../result-row.js';
import type { Part } from './part.js';

export const progressPart: Part = {
  about: 'share of an export that its bar takes, drawn as on a terminal',
  at: 'one size',
  measure: async (laboratory): Promise<readonly ResultRow[]> => {
    laboratory.log('export with a bar …');
    const { drawingSeconds = Number.NaN, innerSeconds } = await laboratory.exportDrawn();
    return [
      {
        size: laboratory.size,
        what: 'progress: the bar of an export',
        ours: `${(drawingSeconds * 1000).toFixed(0)} ms`,
        comparedWith: `the export: ${inSeconds(innerSeconds)}`,
        ratio: drawingSeconds / innerSeconds,
        target: 0.01,
      },
    ];
  },
};
