import { compareSeconds } from './compare.js';
import type { Part } from './part.js';

export const undoPart: Part = {
  about: 'undo of an import against DELETE by keys in temporary tables, and of a deletion against COPY FROM',
  at: 'every size',
  measure: async (laboratory) => [
    compareSeconds(laboratory, await laboratory.undos('import'), 2),
    compareSeconds(laboratory, await laboratory.undos('deletion'), 2),
  ],
};
