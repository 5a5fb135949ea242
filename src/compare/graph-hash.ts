import stringify from 'fast-json-stable-stringify';
import type { ArchiveHeader, ArchiveObject, ArchiveTrailer } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { ArchiveReader, ReadOptions } from '../archive/open-archive.js';
import { openArchive } from '../archive/open-archive.js';
import type { Key } from '../closure/key.js';
import { compareKeysOf } from '../closure/key-order.js';
import { pkToKey } from '../values/archive-value.js';
import { keyText, memberKeys, memberText, objectKey } from '../values/object-values.js';
import { GraphColours } from './graph-colours.js';
import type { HeldInside } from './held-inside.js';
import { heldInside } from './held-inside.js';
import type { HeldKey } from './held-keys.js';
import { followedKeys } from './held-keys.js';

/**
 * A digest of the objects of an archive, their values and who refers to whom, which does not depend on keys: a graph that was imported
 * under other keys, and exported again, has the same. Lower-case hex of SHA-256.
 *
 * An object's own key says nothing; of one that holds keys of others, the rest counts. Columns in which an application keeps keys that
 * no reference tells of are values. It sees no further than 64 references from each object, and two graphs that differ in nothing but a
 * symmetrical arrangement of equal objects may have the same digest: it is no signature. Takes some 50 bytes of memory for an object.
 *
 * @example
 * (await graphHash('here.json')) === (await graphHash('there.json'));
 *
 * @throws RefusedError ARCHIVE_*
 */
export async function graphHash(path: string, options: ReadOptions = {}): Promise<string> {
  const archive = await openArchive(path, options);
  const { header } = archive;
  const models = new Map(header.order.map((model) => [model, new HashedModel(header, model)]));
  const colours = new GraphColours();
  for await (const objects of archive.encoded()) {
    for (const object of objects) {
      const model = models.get(object.model);
      model?.add(object, colours.add(model.valuesOf(object)));
    }
  }
  await addEdges(archive, models, colours);
  return colours.digest();
}

type Models = ReadonlyMap<string, HashedModel>;

/** A parent can stand behind its child: references are followed when all objects are known. */
async function addEdges(archive: ArchiveReader, models: Models, colours: GraphColours): Promise<void> {
  const external = archive.trailer === undefined ? new Map<string, string>() : externalNames(archive.header, archive.trailer);
  for await (const objects of archive.encoded()) {
    for (const object of objects) {
      const own = models.get(object.model);
      const child = own?.placeOf(own.keyOf(object));
      if (own === undefined || child === undefined) continue;
      const follow = (label: string, model: string, key: Key): void => {
        const parent = models.get(model)?.placeOf(key);
        if (parent !== undefined) colours.connect(child, parent, label);
        else colours.mark(child, label, external.get(`${model}\0${String(key)}`) ?? `${model}\0${String(key)}`);
      };
      for (const { reference, value } of own.held) {
        const key = value(object);
        if (key !== undefined) follow(reference.name, reference.parent, key);
      }
      for (const { reference, found } of own.inside)
        for (const [at, { key }] of found(object).entries())
          if (key !== undefined) follow(`${reference.name} ${String(at)}`, reference.parent, key);
      for (const { member, model, shape } of own.links)
        for (const key of memberKeys(object, member, shape)) follow(`${object.model}.${member}`, model, key);
    }
  }
}

/** What stayed at home is known by its natural key; by its key where it has none. */
function externalNames(header: ArchiveHeader, { external }: ArchiveTrailer): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { model, pk, naturalKey } of external) {
    const key = pkToKey(pk, headerKeyShape(header, model));
    if (key !== undefined && Object.keys(naturalKey).length > 0)
      names.set(`${model}\0${String(key)}`, stringify([model, naturalKey]));
  }
  return names;
}

/** What of a model's objects is hashed, and where each stands among all. */
class HashedModel {
  readonly held: readonly HeldKey[];
  readonly inside: readonly HeldInside[];
  readonly links: readonly {
    readonly member: string;
    readonly model: string;
    readonly shape: ReturnType<typeof headerKeyShape>;
  }[];
  readonly #model: string;
  readonly #shape: ReturnType<typeof headerKeyShape>;
  readonly #compare: (a: Key, b: Key) => number;
  readonly #values: readonly { readonly member: string; readonly inKey: boolean }[];
  /** In their order: an archive is sorted. */
  readonly #keys: Key[] = [];
  #first = 0;

  constructor(header: ArchiveHeader, model: string) {
    const entity = header.entities[model];
    this.#model = model;
    this.#shape = headerKeyShape(header, model);
    this.#compare = compareKeysOf(this.#shape.kinds);
    this.held = followedKeys(header, model);
    this.inside = heldInside(header, model);
    this.links = Object.entries(entity?.links ?? {}).map(([member, link]) => ({
      ...{ member, model: link.model },
      shape: headerKeyShape(header, link.model),
    }));
    const references = new Set(this.held.flatMap(({ members }) => members.map(({ member }) => member)));
    const columns = Object.entries(entity?.columns ?? {}).map(([member, { name }]) => ({
      member,
      inKey: entity?.key.includes(name) === true,
    }));
    const holdsOthers = columns.some(({ member, inKey }) => inKey && references.has(member));
    this.#values = columns.filter(({ member, inKey }) => !references.has(member) && (!inKey || holdsOthers));
  }

  keyOf(object: ArchiveObject): Key {
    return objectKey(object, this.#shape) ?? '';
  }

  add(object: ArchiveObject, place: number): void {
    if (this.#keys.length === 0) this.#first = place;
    this.#keys.push(this.keyOf(object));
  }

  valuesOf(object: ArchiveObject): string {
    const values = this.#values.map(({ member, inKey }) => [
      member,
      inKey ? keyText(object, member) : this.#textOf(object, member),
    ]);
    return JSON.stringify([this.#model, values]);
  }

  /** Of a value in which keys of others stand, what stands around them. */
  #textOf(object: ArchiveObject, member: string): unknown {
    const text = memberText(object, member);
    const here = this.inside.filter((one) => one.member === member);
    if (text === null || here.length === 0) return text;
    const found = here.flatMap((one) => one.found(object)).filter(({ key }) => key !== undefined);
    let at = 0;
    const around = found
      .sort((a, b) => a.start - b.start)
      .map(({ start, end }) => {
        const piece = text.slice(at, Math.max(at, start));
        at = Math.max(at, end);
        return piece;
      });
    return [...around, text.slice(at)];
  }

  placeOf(key: Key): number | undefined {
    let low = 0;
    let high = this.#keys.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = this.#compare(this.#keys[middle] as Key, key);
      if (order === 0) return this.#first + middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
