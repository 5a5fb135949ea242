import type { ArchiveObject } from '../archive/archive.js';
import { OutputBuffer } from '../values/output-buffer.js';
import type { PlannedModel } from './planned-model.js';
import type { WrittenRows } from './written-rows.js';

const scratch = new OutputBuffer(Buffer.allocUnsafe(4096));

/** The row of an object that is written, as COPY text: all columns that are compared. */
export function rowText(rows: WrittenRows, planned: PlannedModel, object: ArchiveObject): string {
  scratch.clear();
  rows.write(planned, object, 'columns', scratch);
  return scratch.takeText();
}
