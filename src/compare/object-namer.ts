import type { ArchiveHeader } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { writeObjectName } from '../seeds/object-name.js';

/** Writes the names of a model's objects, as far as an archive's header tells of it. */
export function objectNamer(header: ArchiveHeader, model: string): (key: Key) => string {
  const entity = header.entities[model];
  const columns = Object.values(entity?.columns ?? {});
  const parts = (entity?.key ?? []).map((name) => {
    const column = columns.find((one) => one.name === name);
    return { name: column?.property ?? name, kind: column?.kind ?? 'text' };
  });
  return (key) => {
    const texts = keyTexts(key);
    return writeObjectName(
      model,
      parts.map((part, at) => ({ ...part, text: texts[at] ?? '' })),
    );
  };
}
