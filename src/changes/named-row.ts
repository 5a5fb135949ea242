import type { ArchiveValue } from '../archive/archive.js';
import { toKey } from '../closure/key.js';
import type { TextRow } from '../dialect/session.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import { formatObjectName } from '../seeds/object-name.js';
import { keyShape, textsToPk } from '../values/archive-value.js';
import type { JournalLine } from './journal.js';
import type { StagedKeys } from './staged-keys.js';

/** A row as journals and plans call it, by the texts of what tells it apart: they stand first. */
export function namedRow(
  { entity, key }: Pick<StagedKeys, 'entity' | 'key'>,
  row: TextRow,
): Pick<JournalLine, 'model' | 'object'> & { readonly pk: ArchiveValue | Readonly<Record<string, ArchiveValue>> } {
  const texts = key.map((_, at) => row[at] ?? '');
  const keyed = { ...entity, key };
  return {
    model: entity.model,
    object: formatObjectName(keyed, toKey(texts, hasIntegerKey(keyed))),
    pk: textsToPk(texts, keyShape(keyed)),
  };
}
