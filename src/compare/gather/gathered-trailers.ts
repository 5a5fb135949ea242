import type { ArchiveHeader, ArchiveTrailer, ExternalObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import { keyToPk, pkToKey } from '../../values/archive-value.js';
import { namedModel } from '../id-map.js';
import { objectNamed } from '../../import/object-named.js';
import { objectNamer } from '../object-namer.js';
import type { Gathering } from './gathering.js';
import { ObjectRewriter } from './object-rewriter.js';
import type { OriginKeys } from './origin-keys.js';
import { asObject } from './stayed-at-home.js';

/** The name that an object of one database has in the merged archive; as it is, where it names none that an archive has. */
export function renamer({ header }: Gathering, origin: OriginKeys): (name: string) => string {
  const known = new Map(Object.keys(header.entities).map((model) => [model, namedModel(header.entities, model)]));
  return (name) => {
    const { model, key } = objectNamed(name, (one) => known.get(one)) ?? {};
    if (model === undefined || key === undefined || !origin.of(model).has(key)) return name;
    return objectNamer(header, model)(origin.of(model).counterpart(key));
  };
}

/** What the trailer of an archive lists, by the keys that objects have in the merged one. */
export function gatheredTrailer(gathering: Gathering, origin: OriginKeys, trailer: ArchiveTrailer): ArchiveTrailer {
  const rename = renamer(gathering, origin);
  const rewriters = new Map<string, ObjectRewriter>();
  const rewritten = (one: ExternalObject): ExternalObject => {
    const { model } = one;
    let rewriter = rewriters.get(model);
    if (rewriter === undefined) rewriters.set(model, (rewriter = new ObjectRewriter(gathering, origin, model)));
    const shape = headerKeyShape(gathering.header, model);
    const key = pkToKey(one.pk, shape);
    const { fields } = rewriter.follow(asObject(one));
    return {
      model,
      pk: key === undefined ? one.pk : keyToPk(origin.of(model).counterpart(key), shape),
      naturalKey: (fields ?? one.naturalKey) as ExternalObject['naturalKey'],
    };
  };
  return {
    ...trailer,
    external: trailer.external.map(rewritten),
    dangling: trailer.dangling.map(({ object, reference }) => ({ object: rename(object), reference })),
  };
}

/** The seeds of all, each by its name in the merged archive. */
export function gatheredSeeds(gathering: Gathering): ArchiveHeader['seeds'] {
  const all = gathering.origins.flatMap(({ place, archives }) => {
    const origin = gathering.keys[place];
    const rename = origin === undefined ? (name: string) => name : renamer(gathering, origin);
    return archives.flatMap(({ header }) => header.seeds.map(rename));
  });
  return [...new Set(all)].sort();
}

/** Who was left out of databases that are not one: all of them. */
export function summedLeftOut(lists: readonly ArchiveTrailer['leftOut'][]): ArchiveTrailer['leftOut'] {
  const sums = new Map<string, ArchiveTrailer['leftOut'][number]>();
  for (const one of lists.flat()) {
    const id = `${one.model}\0${one.rule}`;
    sums.set(id, { ...one, count: one.count + (sums.get(id)?.count ?? 0) });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
