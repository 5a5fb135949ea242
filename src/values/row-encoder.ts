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
  return (object) => {
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
