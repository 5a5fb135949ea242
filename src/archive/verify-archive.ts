import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import { isIntegerText, toIntegerKey, toKey } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import { RefusedError } from '../errors/portolan-error.js';
import { writeObjectName } from '../seeds/object-name.js';
import type { KeyFinder } from '../inside/key-finder.js';
import { keyFinder } from '../inside/key-finder.js';
import { keyFormOf } from '../inside/key-form.js';
import { keyShape, pkToKey, toServerText } from '../values/archive-value.js';
import type {
  ArchiveColumn,
  ArchiveEntity,
  ArchiveHeader,
  ArchiveInnerReference,
  ArchiveObject,
  ArchiveReference,
  ArchiveTrailer,
  TrailerContent,
} from './archive.js';
import type { ReadOptions } from './open-archive.js';
import { openArchive } from './open-archive.js';
import { keyText, memberKeys, memberText } from '../values/object-values.js';

export interface VerifiedArchive {
  readonly header: ArchiveHeader;
  readonly trailer: ArchiveTrailer;
  /** Of header, objects and trailer, before compression; undefined where nothing was read back. */
  readonly bytes?: number | undefined;
}

/**
 * Reads an archive to its end and proves it: form, order, counts and digest, and that it is closed: every reference and link
 * resolves inside, to an external object, or is listed as dangling.
 *
 * @example
 * const { trailer } = await verifyArchive('book.json');
 *
 * @throws RefusedError ARCHIVE_*; ARCHIVE_NOT_CLOSED with the first object whose reference leads nowhere
 */
export async function verifyArchive(path: string, options: ReadOptions = {}): Promise<VerifiedArchive> {
  const archive = await openArchive(path, options);
  const proof = new ClosedProof(archive.header, path);
  for await (const objects of archive.encoded()) for (const object of objects) proof.collect(object);
  const { trailer } = archive;
  if (trailer === undefined) throw new TypeError('a pass that ended without trailer');
  proof.admit(trailer);
  for await (const objects of archive.encoded()) for (const object of objects) proof.check(object);
  return { header: archive.header, trailer, bytes: archive.position.bytes };
}

interface EntityColumns {
  readonly entity: ArchiveEntity;
  readonly members: ReadonlyMap<string, { readonly member: string; readonly kind: ArchiveColumn['kind'] }>;
}

interface InnerKeys {
  readonly reference: ArchiveInnerReference;
  readonly find: KeyFinder;
}

/** First all keys (and what else references mean), then all references. */
export class ClosedProof {
  readonly #path: string;
  readonly #columns = new Map<string, EntityColumns>();
  readonly #values = new Map<string, KeySet>();
  readonly #inner = new Map<string, readonly InnerKeys[]>();
  readonly #dangling = new Set<string>();
  /** Models of which objects stayed at home. */
  readonly #external = new Set<string>();
  readonly #wanted = new Map<string, readonly (readonly string[])[]>();

  constructor(header: ArchiveHeader, path: string) {
    this.#path = path;
    for (const [model, entity] of Object.entries(header.entities)) {
      const members = new Map(Object.entries(entity.columns).map(([member, { name, kind }]) => [name, { member, kind }]));
      this.#columns.set(model, { entity, members });
    }
    for (const [model, { entity }] of this.#columns) {
      const groups = [entity.key];
      for (const other of Object.values(header.entities)) {
        for (const reference of [...other.references, ...(other.inner ?? [])])
          if (reference.parent === model) groups.push(reference.parentColumns);
      }
      this.#wanted.set(model, uniqueGroups(groups));
    }
    for (const [model, { inner = [] }] of Object.entries(header.entities))
      if (inner.length > 0) this.#inner.set(model, innerKeys(header, inner));
  }

  collect(object: ArchiveObject): void {
    for (const group of this.#wanted.get(object.model) ?? []) {
      const value = this.#valueOf(object, group);
      if (value !== undefined) this.#set(object.model, group).add(value);
    }
  }

  admit(trailer: Pick<TrailerContent, 'external' | 'dangling'>): void {
    for (const { model, pk } of trailer.external) {
      this.#external.add(model);
      const entity = this.#columns.get(model)?.entity;
      if (entity === undefined) continue;
      const key = pkToKey(pk, this.#shape(model));
      if (key !== undefined) this.#set(model, entity.key).add(key);
    }
    for (const { object, reference } of trailer.dangling) this.#dangling.add(`${object}\0${reference}`);
  }

  /** Names of references that lead nowhere and are listed as dangling. @throws RefusedError ARCHIVE_NOT_CLOSED where one is not */
  check(object: ArchiveObject): readonly string[] {
    const entity = this.#columns.get(object.model)?.entity;
    if (entity === undefined) return noNames;
    let dangling = noNames;
    for (const reference of entity.references) {
      const value = this.#referenceValue(object, reference);
      if (value === undefined || this.#resolves(reference, value)) continue;
      if (!this.#isListed(object, reference)) throw notClosed(this.#path, this.#nameOf(object), reference.name, reference.parent);
      dangling = [...dangling, reference.name];
    }
    for (const inner of this.#inner.get(object.model) ?? []) {
      if (this.#resolvesInside(object, inner)) continue;
      const { name, parent } = inner.reference;
      if (!this.#isListed(object, inner.reference)) throw notClosed(this.#path, this.#nameOf(object), name, parent);
      dangling = [...dangling, name];
    }
    for (const [member, link] of Object.entries(entity.links)) {
      const shape = this.#shape(link.model);
      const keys = this.#set(link.model, this.#columns.get(link.model)?.entity.key ?? []);
      for (const key of memberKeys(object, member, shape)) {
        if (!keys.has(key)) throw notClosed(this.#path, this.#nameOf(object), `${object.model}.${member}`, link.model);
      }
    }
    return dangling;
  }

  #resolvesInside(object: ArchiveObject, { reference, find }: InnerKeys): boolean {
    if (!this.#holdsFor(object, reference)) return true;
    const value = this.#valueOf(object, reference.columns);
    return value === undefined || find(String(value)).every(({ key }) => key !== undefined && this.#resolves(reference, key));
  }

  #holdsFor(object: ArchiveObject, { when }: Pick<ArchiveReference, 'when'>): boolean {
    if (when === undefined) return true;
    const held = this.#valueOf(object, [when.column]);
    return held !== undefined && String(held) === when.value;
  }

  #resolves(reference: ArchiveReference, value: Key): boolean {
    if (this.#set(reference.parent, reference.parentColumns).has(value)) return true;
    // Of an object that stayed at home only the key and the natural key are known.
    if (this.#external.has(reference.parent) && !this.#isKey(reference)) return true;
    // What the database resolved: a text cannot disprove it.
    return reference.inexact === true;
  }

  #isKey({ parent, parentColumns }: ArchiveReference): boolean {
    return this.#columns.get(parent)?.entity.key.every((name, at) => name === parentColumns[at]) === true;
  }

  #isListed(object: ArchiveObject, reference: Pick<ArchiveReference, 'name'>): boolean {
    return this.#dangling.has(`${this.#nameOf(object)}\0${reference.name}`);
  }

  #nameOf({ model, pk }: ArchiveObject): string {
    const entity = this.#columns.get(model)?.entity;
    const columns = Object.entries(entity?.columns ?? {});
    const key = (entity?.key ?? []).map((name) => {
      const [member, column] = columns.find(([, one]) => one.name === name) ?? [name, undefined];
      const value = typeof pk === 'object' && pk !== null ? (pk[member] ?? null) : pk;
      return { name: column?.property ?? name, kind: column?.kind ?? 'text', text: toServerText(value) ?? '' };
    });
    return writeObjectName(model, key);
  }

  #referenceValue(object: ArchiveObject, reference: ArchiveReference): Key | undefined {
    if (!this.#holdsFor(object, reference)) return undefined;
    const value = this.#valueOf(object, reference.columns);
    if (typeof value !== 'string' || reference.columns.length !== 1) return value;
    // Ids that are kept as text: the parent's key is a number then.
    const kind = this.#columns.get(reference.parent)?.members.get(reference.parentColumns[0] ?? '')?.kind;
    return kind === 'integer' && isIntegerText(value) ? toIntegerKey(value) : value;
  }

  #valueOf(object: ArchiveObject, group: readonly string[]): Key | undefined {
    const columns = this.#columns.get(object.model);
    const texts: string[] = [];
    for (const name of group) {
      const column = columns?.members.get(name);
      if (column === undefined) return undefined;
      const text =
        columns?.entity.key.includes(name) === true ? keyText(object, column.member) : memberText(object, column.member);
      if (text === null) return undefined;
      texts.push(text);
    }
    return toKey(texts, group.length === 1 && columns?.members.get(group[0] ?? '')?.kind === 'integer');
  }

  #shape(model: string): ReturnType<typeof keyShape> {
    const columns = this.#columns.get(model);
    if (columns === undefined) return { members: [''], kinds: ['text'] };
    return keyShape({
      key: columns.entity.key,
      columns: [...columns.members].map(([name, { member, kind }]) => ({ name, member, kind })),
    });
  }

  #set(model: string, group: readonly string[]): KeySet {
    const id = [model, ...group].join('\0');
    let set = this.#values.get(id);
    if (set === undefined) {
      const columns = [...(this.#columns.get(model)?.members ?? [])].map(([name, { kind }]) => ({ name, kind }));
      set = createKeySet({ key: group, columns } as unknown as Parameters<typeof createKeySet>[0]);
      this.#values.set(id, set);
    }
    return set;
  }
}

/** Of a parent that the archive does not tell of no key is known, and none is there. */
function innerKeys(header: ArchiveHeader, inner: readonly ArchiveInnerReference[]): readonly InnerKeys[] {
  return inner.map((reference) => {
    const columns = Object.values(header.entities[reference.parent]?.columns ?? {});
    const column = columns.find(({ name }) => name === reference.parentColumns[0]);
    return { reference, find: keyFinder(reference, column === undefined ? undefined : keyFormOf(column)) };
  });
}

const noNames: readonly string[] = Object.freeze([]);

function uniqueGroups(groups: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(groups.map((group) => [group.join('\0'), group])).values()];
}

function notClosed(path: string, object: string, reference: string, parent: string): RefusedError {
  return new RefusedError(
    'ARCHIVE_NOT_CLOSED',
    `${path}: ${object}: ${reference} means an object of ${parent} that is neither in the archive nor external`,
    {
      hint: 'Bring that object too, or take the reference out of the edited line.',
    },
  );
}
