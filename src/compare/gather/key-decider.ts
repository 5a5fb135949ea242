import { createHash } from 'node:crypto';
import type { ArchiveObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import { compareKeysOf } from '../../closure/key-order.js';
import type { Key } from '../../closure/key.js';
import type { KeySet } from '../../closure/key-set.js';
import type { KeyMap } from '../../import/key-map.js';
import { PackedKeyMap } from '../../import/key-map.js';
import { createRowEncoder } from '../../values/row-encoder.js';
import type { KeySorter } from '../key-sorter.js';
import type { MergeConflicts } from '../merge-conflicts.js';
import type { Gathering } from './gathering.js';
import { ItemConflicts } from './item-conflicts.js';
import type { Item } from './item.js';
import { areEqual, itemSorter } from './item.js';
import { keyPart } from './key-part.js';
import type { ModelObjects } from './model-objects.js';
import { NewKeyMaker } from './new-key-maker.js';
import type { Rewritten } from './object-rewriter.js';
import { ObjectRewriter } from './object-rewriter.js';
import type { OriginKeys } from './origin-keys.js';
import { keySet } from './origin-keys.js';
import { sortedGroups } from './sorted-groups.js';
import type { Census } from './take-census.js';
import type { StayedAtHome } from './stayed-at-home.js';
import { naturalText } from './natural-text.js';

export interface DecidingOptions {
  readonly gathering: Gathering;
  readonly census: Census;
  readonly stayed: StayedAtHome;
  /** Where temporary files go. */
  readonly folder: string;
  /** Characters of lines that are sorted in memory at once. */
  readonly sortSize: number;
  readonly signal: AbortSignal | undefined;
}

/** An object that another database's is as well: which one's key counts. */
interface Owner {
  readonly origin: number;
  readonly key: Key;
}

interface Outcome {
  readonly moved: KeyMap;
  readonly matched: KeySet;
  readonly same: KeySet;
}

/** Decides for the objects of one model which key each has in the merged archive. */
export class KeyDecider {
  readonly #options: DecidingOptions;
  readonly #model: string;
  readonly #rewriters: readonly ObjectRewriter[];
  readonly #maker: NewKeyMaker | undefined;
  readonly #compare: (a: Key, b: Key) => number;
  readonly #lineOf: (object: ArchiveObject) => string;
  readonly #naturalMembers: ReadonlySet<string>;
  readonly #keyMembers: ReadonlySet<string>;
  /** As far as the last look tells. */
  #told: ItemConflicts;

  constructor(options: DecidingOptions, model: string) {
    const { gathering, census } = options;
    const { header, keys, rules } = gathering;
    const rule = rules.get(model);
    const entity = header.entities[model];
    this.#options = options;
    this.#model = model;
    this.#rewriters = keys.map((origin) => new ObjectRewriter(gathering, origin, model));
    this.#compare = compareKeysOf(headerKeyShape(header, model).kinds);
    const part = keyPart(header, model, rule?.keySuffix);
    this.#maker =
      part === undefined
        ? undefined
        : new NewKeyMaker(header, model, part, {
            above: census.highest.get(model) ?? 0n,
            suffix: rule?.keySuffix,
            isTaken: (key) => keys.some((origin) => origin.of(model).uses(key)),
            made: keySet(header, model, entity?.key ?? []),
          });
    const columns = Object.entries(entity?.columns ?? {});
    const plain = columns.filter(([, { name }]) => entity?.key.includes(name) !== true);
    this.#lineOf = createRowEncoder(plain.map(([member]) => ({ member, inKey: false })));
    this.#keyMembers = new Set(headerKeyShape(header, model).members);
    this.#naturalMembers = new Set(columns.filter(([, { name }]) => rule?.naturalKey.includes(name)).map(([member]) => member));
    this.#told = new ItemConflicts(gathering, model, this.#naturalMembers);
  }

  /** Databases that have objects of the model. */
  get #having(): readonly OriginKeys[] {
    return this.#options.gathering.keys.filter((origin) => {
      const { keys, external } = origin.of(this.#model);
      return keys.size + external.size > 0;
    });
  }

  /** Whether objects have to be read for it. */
  get isNeeded(): boolean {
    const [, second] = this.#having;
    return second !== undefined || this.#having.some(({ place }) => this.#rewriters[place]?.hasKeyReferences);
  }

  /** Of later databases' objects that have natural keys, nothing is known before the first look. */
  begin(): void {
    if (this.#naturalMembers.size === 0) return;
    for (const origin of this.#options.gathering.keys) if (origin.place > 0) origin.of(this.#model).begin();
  }

  /** One look at all objects, by what is known of those that they refer to; true where anything is known that was not before. */
  async decide(objects: ModelObjects): Promise<boolean> {
    this.#told = new ItemConflicts(this.#options.gathering, this.#model, this.#naturalMembers);
    const { keys } = this.#options.gathering;
    const named = itemSorter(this.#options, (a, b) => (a === b ? 0 : a < b ? -1 : 1));
    const keyed = itemSorter(this.#options, this.#compare);
    const waiting = keys.map((origin) => origin.of(this.#model).emptySet());
    try {
      for (const { place } of this.#having) {
        for await (const batch of objects.from(place)) {
          this.#options.signal?.throwIfAborted();
          await this.#take(place, batch, false, { named, keyed, waiting });
        }
        await this.#take(place, this.#options.stayed.of(place, this.#model), true, { named, keyed, waiting });
      }
      const owners = await this.#match(named);
      const outcomes = await this.#contest(keyed, owners);
      return this.#settle(owners, outcomes, waiting);
    } finally {
      await named.discard();
      await keyed.discard();
    }
  }

  /** Who still waits is found by no natural key: it depends on itself. True where anybody does. */
  giveUp(): boolean {
    let isAnybody = false;
    for (const origin of this.#options.gathering.keys) {
      const own = origin.of(this.#model);
      for (const key of own.open.sorted()) {
        own.unnamed.add(key);
        isAnybody = true;
      }
    }
    return isAnybody;
  }

  /** What stands in the way when all is decided. */
  get conflicts(): MergeConflicts {
    return this.#told.conflicts;
  }

  async #take(
    place: number,
    batch: readonly ArchiveObject[],
    external: boolean,
    {
      named,
      keyed,
      waiting,
    }: { readonly named: KeySorter<Item>; readonly keyed: KeySorter<Item>; readonly waiting: readonly KeySet[] },
  ): Promise<void> {
    const { keys, header, rules } = this.#options.gathering;
    const rewriter = this.#rewriters[place] as ObjectRewriter;
    const own = (keys[place] as OriginKeys).of(this.#model);
    const others = keys.filter((origin) => origin.place !== place).map((origin) => origin.of(this.#model));
    const naturalKey = rules.get(this.#model)?.naturalKey ?? [];
    const followsKeys = rewriter.hasKeyReferences;
    const byName: Item[] = [];
    const byKey: Item[] = [];
    for (const object of batch) {
      const rewritten = rewriter.follow(object);
      const { key, followed } = rewritten;
      const isOpen = [...rewritten.open].some((member) => this.#naturalMembers.has(member));
      if (isOpen && !own.unnamed.has(key)) {
        waiting[place]?.add(key);
        continue;
      }
      const item = { origin: place, key, external };
      const name = own.unnamed.has(key) ? undefined : naturalText(header, this.#model, naturalKey, object, rewritten);
      if (name !== undefined && others.length > 0) byName.push({ ...item, by: name, digest: '' });
      // Under which key it would stand is not known yet.
      if ([...rewritten.open].some((member) => this.#keyMembers.has(member))) continue;
      const isContested = followsKeys || others.some((other) => other.has(followed));
      if (isContested) byKey.push({ ...item, by: followed, digest: external ? '' : this.#digest(object, rewritten) });
    }
    await named.add(byName);
    await keyed.add(byKey);
  }

  /** Empty where it is not known yet. */
  #digest(object: ArchiveObject, { fields, open, torn }: Rewritten): string {
    if (open.size > 0 || torn.length > 0) return '';
    const line = this.#lineOf(fields === undefined ? object : { model: this.#model, pk: object.pk, fields });
    return createHash('sha256').update(line).digest('base64');
  }

  /** By natural key: of each database, whose object each is that comes later. */
  async #match(named: KeySorter<Item>): Promise<readonly (readonly KeyMap[])[]> {
    const { keys } = this.#options.gathering;
    const owners = keys.map(() => keys.map(() => new PackedKeyMap()));
    for await (const group of sortedGroups(named, (a, b) => (a === b ? 0 : 1))) {
      const [owner] = group;
      if (owner === undefined || group.every(({ origin }) => origin === owner.origin)) continue;
      const firsts = new Map<number, Item>();
      for (const item of group) {
        const first = firsts.get(item.origin);
        if (first === undefined) firsts.set(item.origin, item);
        else if (first.key !== item.key) this.#told.namesakes(first, item);
        if (item.origin !== owner.origin) owners[item.origin]?.[owner.origin]?.set(item.key, owner.key);
      }
    }
    return owners;
  }

  /** By key: the first keeps it, who is equal is the same, the others get new ones. */
  async #contest(keyed: KeySorter<Item>, owners: readonly (readonly KeyMap[])[]): Promise<readonly Outcome[]> {
    const { keys } = this.#options.gathering;
    const outcomes = keys.map((origin) => {
      const own = origin.of(this.#model);
      return { moved: new PackedKeyMap(), matched: own.emptySet(), same: own.emptySet() };
    });
    for await (const group of sortedGroups(keyed, this.#compare)) {
      const standing = group.filter(({ origin, key }) => owners[origin]?.every((map) => map.get(key) === undefined) === true);
      const [first, ...others] = standing;
      if (first === undefined) continue;
      for (const item of [first, ...others]) {
        const outcome = outcomes[item.origin] as Outcome;
        const fresh = keys[item.origin]?.of(this.#model).fresh;
        const isFirst = item.origin === first.origin && item.key === first.key;
        const made = fresh?.get(item.key);
        if (made !== undefined && this.#maker !== undefined) {
          outcome.moved.set(item.key, this.#maker.with(item.by, made));
          continue;
        }
        const isEqual = !isFirst && !item.external && !first.external && areEqual(item, first);
        if (isEqual) outcome.same.add(item.key);
        if (!isFirst && !isEqual && item.external) {
          this.#told.stayedAtHome(first, item);
          continue;
        }
        if (isFirst || isEqual || this.#maker === undefined) {
          if (item.by !== item.key) outcome.moved.set(item.key, item.by);
          continue;
        }
        const part = this.#maker.partFor(item.by, item.origin);
        fresh?.set(item.key, part);
        outcome.moved.set(item.key, this.#maker.with(item.by, part));
      }
    }
    return outcomes;
  }

  #settle(owners: readonly (readonly KeyMap[])[], outcomes: readonly Outcome[], waiting: readonly KeySet[]): boolean {
    const { keys } = this.#options.gathering;
    for (const { owner, origin, key } of followers(owners)) {
      const outcome = outcomes[origin] as Outcome;
      const to = outcomes[owner.origin]?.moved.get(owner.key) ?? owner.key;
      outcome.matched.add(key);
      if (to !== key) outcome.moved.set(key, to);
    }
    let isNews = false;
    for (const [place, { moved, matched, same }] of outcomes.entries()) {
      const own = (keys[place] as OriginKeys).of(this.#model);
      const open = waiting[place] as KeySet;
      if (own.wait(open)) isNews = true;
      if (own.settle(moved, matched, same)) isNews = true;
    }
    return isNews;
  }
}

function* followers(
  owners: readonly (readonly KeyMap[])[],
): Generator<{ readonly origin: number; readonly key: Key; readonly owner: Owner }> {
  for (const [origin, byOwner] of owners.entries())
    for (const [place, map] of byOwner.entries())
      for (const [key, to] of map.entries()) yield { origin, key, owner: { origin: place, key: to } };
}
