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

/** Writes the COPY text of one column, by its place in the row. */
export type ColumnWriter = (object: ArchiveObject, out: OutputBuffer, at: number) => void;

/**
 * Writes COPY text rows of objects, columns as given: byte for byte what PostgreSQL's COPY TO prints for the same values, so that
 * two rows are equal exactly when their lines are.
 */
export function createRowWriter(columns: readonly EncodedColumn[]): RowWriter {
  const write = createColumnWriter(columns);
  return (object, out, edits) => {
    for (let at = 0; at < columns.length; at += 1) {
      if (at > 0) out.ascii('\t');
      const edit = edits?.[at];
      if (edit === undefined) write(object, out, at);
      else out.utf8(escapeCopy(edit));
    }
  };
}

/** The same of one column. */
export function createColumnWriter(columns: readonly EncodedColumn[]): ColumnWriter {
  const placesIn = placesOf(columns);
  return (object, out, at) => {
    if (!(object instanceof EncodedObject)) {
      out.utf8(escapeCopy(toServerText(valueOf(object, columns[at] as EncodedColumn))));
      return;
    }
    const place = placesIn(object.layout)[at];
    if (place === undefined) out.ascii('\\N');
    else object.copyInto(out, place);
  };
}

/** Where the value of each column stands in objects of a layout; undefined where these have none. */
export function placesOf(columns: readonly EncodedColumn[]): (layout: ObjectLayout) => readonly (number | 'pk' | undefined)[] {
  const known = new Map<ObjectLayout, readonly (number | 'pk' | undefined)[]>();
  let last: ObjectLayout | undefined;
  let places: readonly (number | 'pk' | undefined)[] = [];
  return (layout) => {
    if (layout === last) return places;
    last = layout;
    places = known.get(layout) ?? columns.map(({ member, inKey }) => (inKey ? 'pk' : layout.places.get(member)));
    known.set(layout, places);
    return places;
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
