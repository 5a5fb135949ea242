import type { ArchiveHeader, ArchiveObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import type { Key } from '../../closure/key.js';
import { keyTexts } from '../../closure/key.js';
import { pkToKey } from '../../values/archive-value.js';
import { memberText, objectKey } from '../../values/object-values.js';
import type { CompareProgress } from '../compare-progress.js';
import type { Gathering } from './gathering.js';
import { keyPart } from './key-part.js';
import type { OriginKeys } from './origin-keys.js';
import { referencesOf } from './references-of.js';

/** The greatest and the smallest of some integers. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

/** What the archives have, before anything is decided. */
export interface Census {
  /** By model: the highest number of a key's part that can be another, in keys and in what refers to them. */
  readonly highest: ReadonlyMap<string, bigint>;
  /** Of each database, by model: the numbers of a nested set. */
  readonly numbers: readonly ReadonlyMap<string, Range>[];
}

/** Reads all archives to their end, and takes note of their keys. @throws RefusedError ARCHIVE_* */
export async function takeCensus(gathering: Gathering, progress: CompareProgress): Promise<Census> {
  const { header, origins, keys } = gathering;
  const highest = new Map<string, Highest>();
  for (const [model, rule] of gathering.rules) {
    const part = keyPart(header, model, rule.keySuffix);
    if (part?.column.kind === 'integer') highest.set(model, new Highest(part.place));
  }
  const numbers: ReadonlyMap<string, Range>[] = [];
  for (const { place, archives } of origins) {
    const own = keys[place] as OriginKeys;
    const counters = new Map(header.order.map((model) => [model, new Counter(header, own, model, highest)]));
    for (const archive of archives) {
      for await (const objects of archive.encoded()) {
        for (const object of objects) counters.get(object.model)?.count(object);
        progress.note('read', objects[0]?.model ?? '', objects.length);
      }
      for (const { model, pk } of archive.trailer?.external ?? []) {
        const key = pkToKey(pk, headerKeyShape(header, model));
        if (key === undefined) continue;
        own.of(model).external.add(key);
        highest.get(model)?.note(key);
      }
    }
    numbers.push(new Map([...counters].flatMap(([model, { range }]) => (range === undefined ? [] : [[model, range] as const]))));
  }
  return { highest: new Map([...highest].map(([model, { value }]) => [model, value])), numbers };
}

/** Counts what the objects of one model hold. */
class Counter {
  readonly #shape: ReturnType<typeof headerKeyShape>;
  readonly #own: ReturnType<OriginKeys['of']>;
  readonly #highest: Highest | undefined;
  readonly #held: readonly { readonly value: (object: ArchiveObject) => Key | undefined; readonly highest: Highest }[];
  readonly #inside: readonly {
    readonly found: (object: ArchiveObject) => readonly { readonly key: Key | undefined }[];
    readonly highest: Highest;
  }[];
  readonly #numbers: readonly string[];
  #range: Range | undefined;

  constructor(header: ArchiveHeader, origin: OriginKeys, model: string, highest: ReadonlyMap<string, Highest>) {
    const { held, inside } = referencesOf(header, model);
    const entity = header.entities[model];
    this.#shape = headerKeyShape(header, model);
    this.#own = origin.of(model);
    this.#highest = highest.get(model);
    this.#held = held.flatMap(({ space, value }) => {
      const parent = highest.get(space.model);
      return space.isKey && parent !== undefined ? [{ value, highest: parent }] : [];
    });
    this.#inside = inside.flatMap(({ space, found }) => {
      const parent = highest.get(space.model);
      return space.isKey && parent !== undefined ? [{ found, highest: parent }] : [];
    });
    const { nestedSet } = entity ?? {};
    this.#numbers = Object.entries(entity?.columns ?? {}).flatMap(([member, { name }]) =>
      name === nestedSet?.left || name === nestedSet?.right ? [member] : [],
    );
  }

  get range(): Range | undefined {
    return this.#range;
  }

  count(object: ArchiveObject): void {
    const key = objectKey(object, this.#shape) ?? '';
    this.#own.keys.add(key);
    this.#highest?.note(key);
    for (const { value, highest } of this.#held) {
      const held = value(object);
      if (held !== undefined) highest.note(held);
    }
    for (const { found, highest } of this.#inside)
      for (const { key: one } of found(object)) if (one !== undefined) highest.note(one);
    for (const member of this.#numbers) {
      const text = memberText(object, member);
      if (text === null) continue;
      const number = BigInt(text);
      const { low, high } = this.#range ?? { low: number, high: number };
      this.#range = { low: number < low ? number : low, high: number > high ? number : high };
    }
  }
}

class Highest {
  readonly #place: number;
  #number = 0;
  #beyond = 0n;

  constructor(place: number) {
    this.#place = place;
  }

  get value(): bigint {
    const number = BigInt(this.#number);
    return number > this.#beyond ? number : this.#beyond;
  }

  note(key: Key): void {
    if (typeof key === 'number') {
      if (key > this.#number) this.#number = key;
      return;
    }
    const text = keyTexts(key)[this.#place] ?? '';
    // What is no integer refers to none.
    if (!/^-?\d{1,19}$/u.test(text)) return;
    const number = BigInt(text);
    if (number > this.#beyond) this.#beyond = number;
  }
}
