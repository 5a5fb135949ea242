import { compareSeconds } from './compare.js';
import type { Part } from './part.js';

export const exportPart: Part = {
  about: 'export of the organisation against one client that COPYs the same rows as JSON lines',
  at: 'every size',
  measure: async (laboratory) => [compareSeconds(laboratory, await laboratory.exports(), 1.2)],
};
