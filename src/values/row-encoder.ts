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

/** Texts of some columns, by place, that a row has instead of the object's own; `null` for NULL. */
export type RowEdits = readonly (string | null | undefined)[];

/** Writes a row of COPY text, without its line end. */
export type RowWriter = (object: ArchiveObject, out: OutputBuffer, edits?: RowEdits) => void;

/**
 * Writes COPY text rows of objects, columns as given: byte for byte what PostgreSQL's COPY TO prints for the same values, so that
 * two rows are equal exactly when their lines are.
 */
export function createRowWriter(columns: readonly EncodedColumn[]): RowWriter {
  const places = new Map<ObjectLayout, readonly (number | 'pk' | undefined)[]>();
  const placesIn = (layout: ObjectLayout): readonly (number | 'pk' | undefined)[] => {
    const known = places.get(layout);
    if (known !== undefined) return known;
    const where = columns.map(({ member, inKey }) => (inKey ? 'pk' : layout.places.get(member)));
    places.set(layout, where);
    return where;
  };
  return (object, out, edits) => {
    const encoded = object instanceof EncodedObject ? object : undefined;
    const where = encoded === undefined ? undefined : placesIn(encoded.layout);
    for (let at = 0; at < columns.length; at += 1) {
      if (at > 0) out.ascii('\t');
      const edit = edits?.[at];
      if (edit !== undefined) out.utf8(escapeCopy(edit));
      else if (encoded === undefined) out.utf8(escapeCopy(toServerText(valueOf(object, columns[at] as EncodedColumn))));
      else {
        const place = where?.[at];
        if (place === undefined) out.ascii('\\N');
        else encoded.copyInto(out, place);
      }
    }
  };
}

/** The same as text. */
export function createRowEncoder(columns: readonly EncodedColumn[]): (object: ArchiveObject, edits?: RowEdits) => string {
  const write = createRowWriter(columns);
  const out = new OutputBuffer(Buffer.allocUnsafe(4096));
  return (object, edits) => {
    write(object, out, edits);
    return out.takeText();
  };
}

/** The columns need not have all of a composite key among them. */
function valueOf({ fields, pk }: ArchiveObject, { member, inKey }: EncodedColumn): ArchiveValue {
  if (!inKey) return (fields[member] ?? null) as ArchiveValue;
  return typeof pk === 'object' && pk !== null ? (pk[member] ?? null) : pk;
}
