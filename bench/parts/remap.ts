import { compareSeconds } from './compare.js';
import type { Part } from './part.js';

export const remapPart: Part = {
  about:
    'import beside as many other rows under the same keys, so that each object gets a new one, against import into empty tables',
  at: 'every size',
  measure: async (laboratory) => [compareSeconds(laboratory, await laboratory.remaps(), 1.6)],
};
