import type { ArchiveHeader, ArchiveObject } from '../../src/index.js';

/** The objects and links of an archive, written as the expected sets of the sample write them, sorted by code points. */
export function exportedSets(archive: string): { readonly objects: readonly string[]; readonly links: readonly string[] } {
  const { header, objects } = JSON.parse(archive) as {
    readonly header: ArchiveHeader;
    readonly objects: readonly ArchiveObject[];
  };
  return {
    objects: objects.map(({ model, pk }) => `${model}:${plainKey(pk)}`).sort(byCodePoints),
    links: objects.flatMap((object) => linksOf(header, object)).sort(byCodePoints),
  };
}

function linksOf(header: ArchiveHeader, { model, pk, fields }: ArchiveObject): readonly string[] {
  return Object.entries(header.entities[model]?.links ?? {}).flatMap(([member, { table }]) => {
    const keys = fields[member];
    if (!Array.isArray(keys)) throw new TypeError(`${model} has no list ${member}`);
    return (keys as readonly ArchiveObject['pk'][]).map((key) => `${table}:${plainKey(pk)},${plainKey(key)}`);
  });
}

/** Every key of the library has one column. */
function plainKey(pk: ArchiveObject['pk']): string {
  if (pk !== null && typeof pk === 'object') throw new TypeError('a composite key in the library');
  return String(pk);
}

function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
