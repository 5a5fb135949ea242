import type { ArchiveObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import { compareKeysOf } from '../../closure/key-order.js';
import type { Key } from '../../closure/key.js';
import { keyTexts, toKey } from '../../closure/key.js';
import { KeySorter } from '../key-sorter.js';
import { MergeConflicts } from '../merge-conflicts.js';
import { objectNamer } from '../object-namer.js';
import type { DecidingOptions } from './key-decider.js';
import type { ModelObjects } from './model-objects.js';
import { ObjectRewriter, rewrittenText } from './object-rewriter.js';
import { ColumnValues } from './origin-keys.js';
import type { OriginKeys } from './origin-keys.js';
import type { MergeRule } from '../../terms.js';
import type { Space } from './references-of.js';
import { referredSpaces } from './references-of.js';
import { sortedGroups } from './sorted-groups.js';

/** What an object has in columns that references hold, besides its key. */
interface Item {
  /** Its key in the merged archive; then what it has there. */
  readonly by: Key;
  readonly origin: number;
  readonly key: Key;
  readonly before: Key | null;
  readonly after: Key | null;
}

/** Decides which values references hold in the merged archive that lead to unique columns other than the key of one model. */
export class ValueDecider {
  readonly #options: DecidingOptions;
  readonly #space: Space;
  readonly #rewriters: readonly ObjectRewriter[];
  readonly #members: readonly { readonly member: string; readonly place: number }[];
  readonly #isInteger: boolean;
  readonly #isReferred: boolean;
  /** Who was told to have another's value. */
  readonly #told = new Set<string>();
  /** As far as the last look tells. */
  #conflicts = new MergeConflicts(false);

  constructor(options: DecidingOptions, space: Space) {
    const { gathering } = options;
    const { columns = {}, key = [] } = gathering.header.entities[space.model] ?? {};
    this.#options = options;
    this.#space = space;
    this.#rewriters = gathering.keys.map((origin) => new ObjectRewriter(gathering, origin, space.model));
    const found = space.columns.map((name) => Object.entries(columns).find(([, one]) => one.name === name));
    this.#members = found.map((entry, at) => ({ member: entry?.[0] ?? '', place: key.indexOf(space.columns[at] ?? '') }));
    this.#isReferred = referredSpaces(gathering.header, space.model).some(({ id }) => id === space.id);
    this.#isInteger = found.length === 1 && found[0]?.[1].kind === 'integer';
  }

  /** True where anything is known that was not before. */
  async decide(objects: ModelObjects): Promise<boolean> {
    this.#conflicts = new MergeConflicts(false);
    this.#told.clear();
    const { gathering, stayed } = this.#options;
    const { keys, header, rules } = gathering;
    const compareKeys = compareKeysOf(headerKeyShape(header, this.#space.model).kinds);
    const columns = Object.values(header.entities[this.#space.model]?.columns ?? {});
    const compareValues = compareKeysOf(
      this.#space.columns.map((name) => columns.find((one) => one.name === name)?.kind ?? 'text'),
    );
    const byKey = this.#sorter(compareKeys);
    const byValue = this.#sorter(compareValues);
    const decided = keys.map(() => new ColumnValues(header, this.#space));
    try {
      for (const origin of keys) {
        for await (const batch of objects.from(origin.place)) {
          this.#options.signal?.throwIfAborted();
          await byKey.add(batch.map((object) => this.#item(origin, object)));
        }
        const partly = stayed.of(origin.place, this.#space.model).filter((object) => this.#isKnown(object));
        await byKey.add(partly.map((object) => this.#item(origin, object)));
      }
      const merge = rules.get(this.#space.model)?.merge;
      for await (const group of sortedGroups(byKey, compareKeys)) {
        const winner = this.#winner(group, merge)?.after ?? null;
        for (const { origin, before } of group) {
          const own = decided[origin];
          if (before === null || own === undefined) continue;
          own.known.add(before);
          if (winner === null) own.gone.add(before);
          else if (winner !== before) {
            own.moved.set(before, winner);
            own.given.add(winner);
          }
        }
        const [first] = group;
        if (winner !== null && first !== undefined) await byValue.add([{ ...first, by: winner, before: first.by }]);
      }
      for await (const [first, ...others] of sortedGroups(byValue, compareValues))
        for (const other of others) if (first !== undefined && other.before !== first.before) this.#tell(first, other);
    } finally {
      await byKey.discard();
      await byValue.discard();
    }
    let isNews = false;
    for (const [place, values] of decided.entries()) if (keys[place]?.settleValues(this.#space, values) === true) isNews = true;
    return isNews;
  }

  /** What stands in the way when all is decided. */
  get conflicts(): MergeConflicts {
    return this.#conflicts;
  }

  /** Whose value the object has; of columns that others refer to, a later one's is not taken. */
  #winner(group: readonly Item[], merge: MergeRule | undefined): Item | undefined {
    if (merge === 'fill') return group.find(({ after }) => after !== null);
    return merge === 'take' && !this.#isReferred ? group.at(-1) : group[0];
  }

  #item(origin: OriginKeys, object: ArchiveObject): Item {
    const rewritten = (this.#rewriters[origin.place] as ObjectRewriter).follow(object);
    const to = origin.of(this.#space.model).counterpart(rewritten.key);
    const value = (key: Key, fields: ArchiveObject['fields'] | undefined): Key | null => {
      const texts: string[] = [];
      for (const { member, place } of this.#members) {
        const text = place >= 0 ? (keyTexts(key)[place] ?? '') : rewrittenText(object, { fields }, member);
        if (text === null) return null;
        texts.push(text);
      }
      return toKey(texts, this.#isInteger);
    };
    const { key, fields } = rewritten;
    return { by: to, origin: origin.place, key, before: value(key, undefined), after: value(to, fields) };
  }

  /** Of what stayed at home only some columns are. */
  #isKnown({ fields }: ArchiveObject): boolean {
    return this.#members.every(({ member, place }) => place >= 0 || Object.hasOwn(fields, member));
  }

  #sorter(compare: (a: Key, b: Key) => number): KeySorter<Item> {
    const { folder, sortSize } = this.#options;
    return new KeySorter<Item>({
      ...{ compare, folder, size: sortSize },
      keyOf: ({ by }) => by,
      line: (item) => JSON.stringify(item),
      parse: (line) => JSON.parse(line) as Item,
    });
  }

  /** Two objects have what tells one from all others: nobody would know which one a reference means. */
  #tell(one: Item, other: Item): void {
    const { gathering } = this.#options;
    if (one.origin === other.origin) return;
    const id = JSON.stringify([one.origin, one.key, other.origin, other.key]);
    if (this.#told.has(id)) return;
    this.#told.add(id);
    const nameOf = objectNamer(gathering.header, this.#space.model);
    const version = ({ origin }: Item): { archive: string; values: () => Readonly<Record<string, never>> } => ({
      archive: gathering.origins[origin]?.archives[0]?.path ?? '',
      values: () => ({}),
    });
    const members = this.#members.map(({ member }) => member);
    this.#conflicts.add(nameOf(one.key), members, [version(one), version(other)], { reason: 'unique', other: nameOf(other.key) });
  }
}
