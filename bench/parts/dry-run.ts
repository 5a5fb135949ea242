import { compareSeconds } from './compare.js';
import type { Part } from './part.js';

export const dryRunPart: Part = {
  about: 'dry run against a target that has every row, and one where every key is taken by another, against the export',
  at: 'every size',
  measure: async (laboratory) => [
    compareSeconds(laboratory, await laboratory.dryRuns('same'), 2),
    compareSeconds(laboratory, await laboratory.dryRuns('taken'), 2),
  ],
};
