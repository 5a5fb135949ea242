import { compressionPart } from './compression.js';
import { deletePart } from './delete.js';
import { dryRunPart } from './dry-run.js';
import { exportPart } from './export.js';
import { growthPart } from './growth.js';
import { bulkImportPart, importPart } from './import.js';
import { memoryPart } from './memory.js';
import type { Part } from './part.js';
import { progressPart } from './progress.js';
import { psqlPart } from './psql.js';
import { queriesPart } from './queries.js';
import { remapPart } from './remap.js';
import { roundTripsPart } from './round-trips.js';
import { startPart } from './start.js';
import { undoPart } from './undo.js';
import { uuidMemoryPart } from './uuid-memory.js';
import { zulipPart } from './zulip.js';

/** All that can be measured, by name, in the order in which it is. */
export const parts: Readonly<Record<string, Part>> = Object.freeze({
  export: exportPart,
  psql: psqlPart,
  import: importPart,
  'bulk-import': bulkImportPart,
  'dry-run': dryRunPart,
  remap: remapPart,
  delete: deletePart,
  undo: undoPart,
  memory: memoryPart,
  queries: queriesPart,
  delay: roundTripsPart,
  compression: compressionPart,
  start: startPart,
  progress: progressPart,
  growth: growthPart,
  'uuid-memory': uuidMemoryPart,
  zulip: zulipPart,
});
