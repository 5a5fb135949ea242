import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import { toServerText } from './archive-value.js';
import { escapeCopy } from './copy-text.js';

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
  const composite = columns.filter((column) => column.inKey).length > 1;
  return (object) => {
    let line = '';
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at] as EncodedColumn;
      if (at > 0) line += '\t';
      line += escapeCopy(toServerText(valueOf(object, column, composite)));
    }
    return line;
  };
}

function valueOf(object: ArchiveObject, column: EncodedColumn, composite: boolean): ArchiveValue {
  if (!column.inKey) return (object.fields[column.member] ?? null) as ArchiveValue;
  if (!composite) return object.pk as ArchiveValue;
  return (object.pk as Readonly<Record<string, ArchiveValue>>)[column.member] ?? null;
}
