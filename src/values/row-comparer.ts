import type { ArchiveObject } from '../archive/archive.js';
import { isColumnEnd } from './column-end.js';
import { EncodedObject } from './encoded-object.js';
import { OutputBuffer } from './output-buffer.js';
import type { EncodedColumn } from './row-encoder.js';
import { createColumnWriter, placesOf } from './row-encoder.js';

/** Notes the places of the columns in which a row of COPY text differs from an object; returns where the next row begins. */
export type RowComparer = (object: ArchiveObject, row: Buffer, start: number, places: number[]) => number;

/** Compares what a row writer of the same columns would write: as far as it can, where it stands in the object's line. */
export function createRowComparer(columns: readonly EncodedColumn[]): RowComparer {
  const write = createColumnWriter(columns);
  const placesIn = placesOf(columns);
  const mine = new OutputBuffer(Buffer.allocUnsafe(4096));
  return (object, row, start, places) => {
    const encoded = object instanceof EncodedObject ? object : undefined;
    const own = encoded === undefined ? [] : placesIn(encoded.layout);
    let at = start;
    for (let column = 0; column < columns.length; column += 1) {
      let end = encoded?.endIn(row, at, own[column]);
      if (end === undefined) {
        mine.clear();
        write(object, mine, column);
        end = mine.standsIn(row, at) ? at + mine.length : -1;
      }
      if (end < 0 || !isColumnEnd(row[end] as number)) {
        places.push(column);
        for (end = Math.max(at, end); !isColumnEnd(row[end] as number);) end += 1;
      }
      at = end + 1;
    }
    return at;
  };
}
