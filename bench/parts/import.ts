import { importOptionNames } from '../../src/import/import-options.js';
import { skippedRow } from '../result-row.js';
import { compareSeconds } from './compare.js';
import { withoutReadingBack } from './without-reading-back.js';
import type { Part } from './part.js';

export const importPart: Part = {
  about: 'import into empty tables with all indexes and foreign keys, against plain COPY FROM in one transaction',
  at: 'every size',
  measure: async (laboratory) => {
    const series = await laboratory.imports();
    return [compareSeconds(laboratory, series, 1.25), compareSeconds(laboratory, withoutReadingBack(series), 1.05)];
  },
};

export const bulkImportPart: Part = {
  about: 'the same with --bulk-constraints, where this version has it',
  at: 'every size',
  measure: async (laboratory) => {
    if (!('bulkConstraints' in importOptionNames))
      return [skippedRow(laboratory.size, 'time: import --bulk-constraints', 'not in this version')];
    return [compareSeconds(laboratory, await laboratory.bulkImports(), 0.7)];
  },
};
