import type { ArchiveHeader, ArchiveObject } from '../archive/archive.js';
import { headerLayout } from '../archive/header-layout.js';
import type { LineBatch } from '../archive/read-lines.js';
import { ObjectDecoder } from '../values/object-decoder.js';

/** Reads objects of one model out of lines that were checked before. */
export function objectReader(header: ArchiveHeader, model: string): (lines: LineBatch) => readonly ArchiveObject[] {
  const entity = header.entities[model];
  const layout = entity === undefined ? undefined : headerLayout(header, model, entity).layout;
  const decoder = layout === undefined ? undefined : new ObjectDecoder(layout);
  return ({ bytes, ends }) => {
    let start = 0;
    return ends.map((end) => {
      const stop = end - 1;
      const object =
        decoder?.decode(bytes, start, stop, () => undefined) ??
        (JSON.parse(bytes.toString('utf8', start, stop)) as ArchiveObject);
      start = end;
      return object;
    });
  };
}
