import type { ObjectLayout } from '../values/object-layout.js';
import { objectLayout } from '../values/object-layout.js';
import type { KeyShape } from '../values/archive-value.js';
import type { ArchiveColumn, ArchiveEntity, ArchiveHeader } from './archive.js';
import { headerKeyShape } from './header-keys.js';

/** What the objects of a model hold beside their key, as an archive's header tells it. */
export interface HeaderLayout {
  readonly columns: readonly (readonly [member: string, kind: ArchiveColumn['kind']])[];
  readonly links: readonly (readonly [member: string, shape: KeyShape])[];
  /** Undefined where lines of this model have to be parsed. */
  readonly layout: ObjectLayout | undefined;
}

export function headerLayout(header: ArchiveHeader, model: string, entity: ArchiveEntity): HeaderLayout {
  const key = new Set(entity.key);
  const columns = Object.entries(entity.columns).flatMap(([member, column]) =>
    key.has(column.name) ? [] : [[member, column.kind] as const],
  );
  const links = Object.entries(entity.links).map(([member, link]) => [member, headerKeyShape(header, link.model)] as const);
  return { columns, links, layout: objectLayout({ model, pk: headerKeyShape(header, model), columns, links }) };
}
