import type { KeyShape } from '../values/archive-value.js';
import type { ArchiveHeader } from './archive.js';

/** The shape of a model's key, as an archive's header tells it. A model that is not described has an integer key. */
export function headerKeyShape(header: ArchiveHeader, model: string): KeyShape {
  const entity = header.entities[model];
  if (entity === undefined) return { members: [''], kinds: ['text'] };
  const byName = new Map(Object.entries(entity.columns).map(([member, column]) => [column.name, { member, kind: column.kind }]));
  const columns = entity.key.map((name) => byName.get(name));
  return { members: columns.map((column) => column?.member ?? ''), kinds: columns.map((column) => column?.kind ?? 'text') };
}
