import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import { toServerText } from './archive-value.js';
import { escapeCopy } from './copy-text.js';
import { EncodedObject } from './encoded-object.js';
import type { ObjectLayout } from './object-layout.js';
import { OutputBuffer } from './output-buffer.js';

/** Where the value of one column stands in an object of the archive. */
export interface EncodedColumn {
  readonly member: string;
  readonly inKey: boolean;
}

/**
 * Makes COPY text rows of objects, columns as given: byte for byte what PostgreSQL's COPY TO prints for the same values, so that
 * two rows are equal exactly when their lines are.
 */
export function createRowEncoder(columns: readonly EncodedColumn[]): (object: ArchiveObject) => string {
  const places = new Map<ObjectLayout, readonly (number | 'pk' | undefined)[]>();
  const out = new OutputBuffer(Buffer.allocUnsafe(4096));
  const encoded = (object: EncodedObject): string => {
    const { layout } = object;
    let where = places.get(layout);
    if (where === undefined) {
      where = columns.map(({ member, inKey }) => (inKey ? 'pk' : layout.places.get(member)));
      places.set(layout, where);
    }
    for (let at = 0; at < where.length; at += 1) {
      const place = where[at];
      if (at > 0) out.ascii('\t');
      if (place === undefined) out.ascii('\\N');
      else object.copyInto(out, place);
    }
    return out.takeText();
  };
  return (object) => {
    if (object instanceof EncodedObject) return encoded(object);
    let line = '';
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at] as EncodedColumn;
      if (at > 0) line += '\t';
      line += escapeCopy(toServerText(valueOf(object, column)));
    }
    return line;
  };
}

/** The columns need not have all of a composite key among them. */
function valueOf({ fields, pk }: ArchiveObject, { member, inKey }: EncodedColumn): ArchiveValue {
  if (!inKey) return (fields[member] ?? null) as ArchiveValue;
  return typeof pk === 'object' && pk !== null ? (pk[member] ?? null) : pk;
}
