import type { ArchiveTrailer } from '../archive/archive.js';

/** What several trailers list: references that led nowhere, each once; of who was left out by one rule, the greatest count. */
export function unitedLists(trailers: readonly ArchiveTrailer[]): Pick<ArchiveTrailer, 'dangling' | 'leftOut'> {
  const dangling = new Map<string, ArchiveTrailer['dangling'][number]>();
  const leftOut = new Map<string, ArchiveTrailer['leftOut'][number]>();
  for (const trailer of trailers) {
    for (const one of trailer.dangling) dangling.set(`${one.object}\0${one.reference}`, one);
    for (const one of trailer.leftOut) {
      const id = `${one.model}\0${one.rule}`;
      if (one.count > (leftOut.get(id)?.count ?? -1)) leftOut.set(id, one);
    }
  }
  return { dangling: sorted(dangling), leftOut: sorted(leftOut) };
}

function sorted<T>(byId: ReadonlyMap<string, T>): readonly T[] {
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
