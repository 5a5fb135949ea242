import { compareSeconds } from './compare.js';
import type { Part } from './part.js';

export const deletePart: Part = {
  about: 'delete by an archive, with a journal, beside as many other rows, against DELETE by keys in temporary tables',
  at: 'every size',
  measure: async (laboratory) => [compareSeconds(laboratory, await laboratory.deletions(), 2.5)],
};
