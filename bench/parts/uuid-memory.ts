import { mkdirSync, rmSync } from 'node:fs';
import { memory, memoryWithin } from './memory.js';
import type { Part } from './part.js';

/** Keys that no bitmap holds; text and composite keys are held in the same way. */
export const uuidMemoryPart: Part = {
  about: 'the same with UUID keys, against 200 MB and 32 bytes for each key that must be listed',
  at: 'every size',
  measure: async (laboratory) => {
    const folder = laboratory.path('uuid');
    mkdirSync(folder, { recursive: true });
    const other = laboratory.withUuids(folder);
    try {
      await other.prepare();
      const rows = [...(await memory(other)), await memoryWithin(other)];
      return rows.map((row) => ({ ...row, what: `${row.what} (UUID keys)` }));
    } finally {
      await other.databases.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
