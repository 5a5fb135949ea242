import type { Column } from '../schema/schema.js';
import type { KeyRun } from './key-run.js';
import { asRun, isRun } from './key-run.js';
import type { KeyView } from './key-set.js';
import { packedRoom, packKey } from './pack-key.js';
import { PackedBytes } from './packed-bytes.js';
import { packedColumnsOf } from './packed-columns-of.js';
import { PackedKeyRun } from './packed-key-run.js';

/**
 * All keys of a set, as values of a column that holds them. Those that stand in a file are packed as they are read: each as a string of its
 * own, they would take several times the memory that sent them there.
 */
export function heldRun(column: Column, view: Pick<KeyView, 'size' | 'sorted'>): KeyRun {
  const keys = view.sorted();
  if (isRun(keys)) return keys;
  const columns = packedColumnsOf({ columns: [column], key: [column.name] });
  if (columns === undefined || column.kind === 'integer') return asRun(view);
  const bytes = new PackedBytes();
  const places = new Uint32Array(view.size);
  const scratch = Buffer.allocUnsafe(packedRoom);
  let count = 0;
  for (const key of keys) {
    const length = packKey(columns, key, scratch);
    if (length < 0) return asRun(view);
    places[count++] = bytes.append(scratch, length);
  }
  return new PackedKeyRun(columns, bytes, places.subarray(0, count));
}
