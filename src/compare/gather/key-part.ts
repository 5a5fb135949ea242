import type { ArchiveColumn, ArchiveHeader } from '../../archive/archive.js';
import { takesSuffix } from '../../schema/takes-suffix.js';

/** The part of a key that can be another. */
export interface KeyPart {
  readonly place: number;
  readonly column: ArchiveColumn;
}

/**
 * The first part of a model's key that no reference gives and for which a new value can be made: an integer or a UUID; text, where it has a
 * suffix or the database makes it. Within a composite key, a number that the database does not give means something. Undefined where
 * there is none.
 */
export function keyPart(header: ArchiveHeader, model: string, suffix: string | undefined): KeyPart | undefined {
  const entity = header.entities[model];
  if (entity === undefined) return undefined;
  const held = new Set(entity.references.flatMap(({ columns }) => columns));
  for (const [place, name] of entity.key.entries()) {
    const column = Object.values(entity.columns).find((one) => one.name === name);
    if (column === undefined || held.has(name)) continue;
    const isNumber = column.kind === 'integer' && (entity.key.length === 1 || column.drawn === true);
    const isSuffixed = suffix !== undefined && takesSuffix(column.type);
    const isText = column.kind === 'text' && (column.type === 'uuid' || isSuffixed || isDrawnText(column));
    if (isNumber || isText) return { place, column };
  }
  return undefined;
}

/** Of a date or an inet, nobody can make one up. */
function isDrawnText({ drawn, type }: ArchiveColumn): boolean {
  return drawn === true && /^(?:text$|character)/u.test(type);
}
