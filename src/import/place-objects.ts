import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { decodeRow } from '../values/copy-text.js';
import { objectKey } from '../values/object-values.js';
import { findMatches } from './find-matches.js';
import { HeldRows } from './held-rows.js';
import { differingColumns } from './look-up-rows.js';
import type { ModelMapping } from './model-mapping.js';
import { withPart } from './new-keys.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import { PlainRow } from './plain-row.js';
import type { Placed } from './placed.js';
import { nowhere } from './placed.js';
import { RowTest } from './row-test.js';
import type { LookedUp, PlacingContext } from './placing-context.js';
import type { FollowedRow, OtherTexts } from './followed-row.js';
import { staleMap } from './stale-map.js';
import { valueRefused } from './value-refused.js';

const noColumns: readonly string[] = Object.freeze([]);
const noTexts: OtherTexts = Object.freeze([]);
const lostRow = Object.freeze({ texts: noTexts, unknown: new Set<number>() });

/**
 * Finds for some objects of one model where they go. Objects whose natural keys or keys refer to others among them wait for these: each
 * round looks up what the last one has made known. `onSettled` hears of each at once, so that those behind it can follow.
 */
export async function placeObjects(
  context: PlacingContext,
  planned: PlannedModel,
  mapping: ModelMapping,
  objects: readonly ArchiveObject[],
  onSettled: (object: ArchiveObject, placed: Placed) => void,
): Promise<readonly Placed[]> {
  const placer = new Placer(context, planned, mapping);
  const placed: Placed[] = [];
  for (let open = [...objects.keys()]; open.length > 0;) {
    const found = await placer.lookUp(objects, open);
    const later: number[] = [];
    for (const at of open) {
      const object = objects[at] as ArchiveObject;
      const one = placer.place(object, at, found);
      if (one === undefined) later.push(at);
      else {
        placed[at] = one;
        onSettled(object, one);
      }
    }
    if (later.length === open.length) {
      for (const at of later) placed[at] = placer.wait(objects[at] as ArchiveObject);
      break;
    }
    open = later;
  }
  return placed;
}

class Placer {
  readonly #context: PlacingContext;
  readonly #planned: PlannedModel;
  readonly #mapping: ModelMapping;
  readonly #naturalPlaces: readonly number[];
  /** Whether the target computes columns itself. */
  readonly #isComputed: boolean;
  /** Whether what one object becomes can change what others hold. */
  readonly #refersToItself: boolean;
  /** Whether references need not be followed before the row is asked for. */
  readonly #isPlain: boolean;
  readonly #test: RowTest;

  constructor(context: PlacingContext, planned: PlannedModel, mapping: ModelMapping) {
    this.#context = context;
    this.#planned = planned;
    this.#mapping = mapping;
    const { entity, columns, merge } = planned.target;
    this.#isComputed = columns.some(({ column }) => column.generated);
    this.#refersToItself = context.rows.refersToItself(planned);
    this.#isPlain = context.rows.isPlain(planned);
    this.#test = new RowTest(context.rows, planned);
    this.#naturalPlaces =
      merge === undefined ? [] : entity.naturalKey.map((name) => columns.findIndex(({ column }) => column.name === name));
  }

  async lookUp(objects: readonly ArchiveObject[], open: readonly number[]): Promise<LookedUp> {
    const { rows, session } = this.#context;
    const { target, empty } = this.#planned;
    const keys: Key[] = [];
    const followed: FollowedRow[] = [];
    const wanted = new Set<Key>();
    const natural: { readonly at: number; readonly texts: readonly string[] }[] = [];
    for (const at of open) {
      const object = objects[at] as ArchiveObject;
      const key = this.#keyOf(object);
      const row = this.#follow(object);
      if (!this.#refersToItself && !this.#isPlain) followed[at] = row;
      if (row.is === 'torn') continue;
      const texts = row.is === 'kept' ? this.#keyTexts(row) : noTexts;
      const given = this.#mapping.givenRow(key);
      const to = given ?? (row.is === 'kept' ? rows.followedKey(this.#planned, key, texts) : key);
      keys[at] = to;
      const derived = this.#derived(to);
      // A key that nobody has need not be looked for.
      if (!this.#isNew(key) || derived !== undefined || given !== undefined || row.is === 'lost') wanted.add(to);
      if (derived !== undefined) wanted.add(derived);
      const named = row.is === 'kept' && given === undefined ? this.#naturalTexts(object, row) : undefined;
      if (named !== undefined && named !== 'unknown') natural.push({ at, texts: named });
    }
    const refused = (error: unknown): never => {
      throw valueRefused(error, target.model);
    };
    const matches = empty
      ? new Map()
      : await findMatches(
          session,
          target.entity,
          natural.map(({ texts }) => texts),
        ).catch(refused);
    for (const found of matches.values() as Iterable<readonly Key[]>) for (const key of found) wanted.add(key);
    const found = empty ? new HeldRows() : await HeldRows.read(session, target, [...wanted]).catch(refused);
    await this.#mapping.placeholders?.prepare(open.length);
    return {
      rows: found,
      followed,
      keys,
      natural: new Map(
        natural.map(({ at, texts }, place) => [
          at,
          { text: texts.join('\0'), matches: (matches.get(place) ?? []) as readonly Key[] },
        ]),
      ),
    };
  }

  /** Undefined where it has to be looked up anew. */
  place(object: ArchiveObject, at: number, found: LookedUp): Placed | undefined {
    const { rows } = this.#context;
    const key = this.#keyOf(object);
    const row = found.followed[at] ?? this.#follow(object);
    if (row.is === 'torn') return { ...nowhere('torn', key), torn: row.references };
    if (row.is === 'lost') return this.#own('lost', object, row, key, found);
    const named = this.#mapping.givenRow(key);
    if (named !== undefined) return this.#bind(object, row, named, found);
    const natural = this.#naturalTexts(object, row);
    if (natural === 'unknown') return undefined;
    if (natural !== undefined) {
      const asked = found.natural.get(at);
      if (asked?.text !== natural.join('\0')) return undefined;
      const [match, other] = asked.matches;
      if (match !== undefined && other !== undefined)
        return { ...nowhere('many', key), inTheWay: { key: match, inArchive: false } };
      if (match !== undefined) return this.#bind(object, row, match, found);
      this.#mapping.unmatched.add(key);
    }
    const to = rows.followedKey(this.#planned, key, this.#keyTexts(row));
    if (found.keys[at] !== to) return undefined;
    return this.#isNew(key) ? this.#renew(object, row, to, found) : this.#own('own', object, row, to, found);
  }

  /** For the next pass. */
  wait(object: ArchiveObject): Placed {
    const key = this.#keyOf(object);
    this.#mapping.waiting.add(key);
    return nowhere('waiting', key);
  }

  #own(how: 'own' | 'lost', object: ArchiveObject, row: FollowedRow, to: Key, found: LookedUp): Placed | undefined {
    const { strategy } = this.#planned.target;
    const kept = row.is === 'kept' ? row : lostRow;
    const { unknown } = kept;
    const line = (): string => this.#context.rows.lineOf(this.#planned, object, { texts: kept.texts, key: to });
    if (!found.rows.has(to)) return { how, to, line, differing: undefined, changes: undefined, unknown };
    const isRenewed = how === 'own' && strategy === 'remap' && this.#mapping.newKeys !== undefined && row.is === 'kept';
    // Which columns differ matters to nobody then.
    const isSimple = isRenewed && unknown.size === 0 && !this.#isComputed;
    if (isSimple && this.#isPlain && this.#test.differsPlainly(found.rows, object, to))
      return this.#renew(object, row, to, found);
    const isEqual = this.#test.isRow(found.rows, object, { texts: kept.texts, key: to });
    if (isSimple && !isEqual) return this.#renew(object, row, to, found);
    const differing = isEqual ? noColumns : this.#differing(line(), found.rows.text(to) ?? '', unknown);
    const changes = this.#written(differing);
    if (isRenewed && changes.length > 0) return this.#renew(object, row, to, found);
    if (how === 'own' && (changes.length === 0 || strategy === 'override')) {
      const other = this.#claim(this.#keyOf(object), to);
      if (other !== undefined) return other;
    }
    return { how, to, line, differing, changes, unknown };
  }

  #renew(object: ArchiveObject, row: FollowedRow & { readonly is: 'kept' }, followed: Key, found: LookedUp): Placed {
    const { rows, rule } = this.#context;
    const { target, keys } = this.#planned;
    const mapping = this.#mapping;
    const key = this.#keyOf(object);
    const derived = this.#derived(followed);
    if (derived !== undefined) {
      const line = (): string => rows.lineOf(this.#planned, object, { texts: row.texts, key: derived });
      const theirs = found.rows.text(derived);
      const differing = theirs === undefined ? undefined : this.#differing(line(), theirs, row.unknown);
      // What an earlier import has brought under the same rule.
      if (differing?.length === 0) return { how: 'own', to: derived, line, differing, changes: differing, unknown: row.unknown };
      const inArchive = rule === 'conflicts' && keys.has(derived);
      if (differing !== undefined || inArchive)
        return { ...nowhere('taken', derived), inTheWay: { key: derived, inArchive: differing === undefined } };
      return { how: 'new', to: derived, line, differing, changes: undefined, unknown: row.unknown };
    }
    if (mapping.newKeys !== undefined && mapping.placeholders !== undefined && mapping.fresh.add(key))
      mapping.moved.set(key, withPart(target.entity, followed, mapping.newKeys.place, mapping.placeholders.take()));
    const to = rows.followedKey(this.#planned, key, this.#keyTexts(row));
    const line = (): string => rows.lineOf(this.#planned, object, { texts: row.texts, key: to });
    return { how: 'new', to, line, differing: undefined, changes: undefined, unknown: row.unknown };
  }

  #bind(object: ArchiveObject, row: FollowedRow & { readonly is: 'kept' }, to: Key, found: LookedUp): Placed {
    const { target } = this.#planned;
    const key = this.#keyOf(object);
    const theirs = found.rows.text(to);
    if (theirs === undefined) throw staleMap(objectName(target, key), objectName(target, to));
    const claimed = this.#claim(key, to);
    if (claimed !== undefined) return claimed;
    const { texts, unknown } = row;
    const mine = this.#context.rows.lineOf(this.#planned, object, { texts, key: to });
    const differing = this.#differing(mine, theirs, unknown);
    const [own, others] = [mine.split('\t'), theirs.split('\t')];
    const placeOf = (member: string): number => target.columns.findIndex((column) => column.member === member);
    const changes = this.#written(differing).filter((member) => {
      const place = placeOf(member);
      if (target.columns[place]?.inKey === true) return false;
      return target.merge === 'take' || (target.merge === 'fill' && others[place] === '\\N');
    });
    for (const place of changes.map(placeOf)) others[place] = own[place] ?? '';
    const line = others.join('\t');
    return { how: 'bound', to, line: () => line, differing, changes, unknown };
  }

  #follow(object: ArchiveObject): FollowedRow {
    const { rows } = this.#context;
    return this.#isPlain ? new PlainRow(rows, this.#planned, object) : rows.follow(this.#planned, object);
  }

  /** What the key's columns can hold instead. */
  #keyTexts(row: FollowedRow & { readonly is: 'kept' }): OtherTexts {
    return this.#isPlain ? noTexts : row.texts;
  }

  /** Takes a row for an object; says so where it is another's already. */
  #claim(key: Key, to: Key): Placed | undefined {
    const mapping = this.#mapping;
    if (this.#planned.target.merge === undefined && mapping.given === undefined) return undefined;
    const other = mapping.claims.get(to);
    const areGiven = other !== undefined && mapping.givenRow(key) !== undefined && mapping.givenRow(other) !== undefined;
    if (other !== undefined && other !== key && !areGiven)
      return { ...nowhere('twice', key), inTheWay: { key: other, inArchive: true } };
    mapping.claims.set(to, key);
    return undefined;
  }

  #isNew(key: Key): boolean {
    const { fresh, newKeys } = this.#mapping;
    if (newKeys === undefined || this.#planned.target.strategy !== 'remap') return false;
    return this.#context.rule === 'all' || fresh.has(key);
  }

  /** The new key where the old one says what it is. */
  #derived(followed: Key): Key | undefined {
    const { newKeys } = this.#mapping;
    const { strategy, entity } = this.#planned.target;
    if (strategy !== 'remap' || newKeys?.rule.is !== 'derived') return undefined;
    return withPart(entity, followed, newKeys.place, newKeys.rule.of(keyTexts(followed)[newKeys.place] ?? ''));
  }

  /** The natural key, where the object is to be found by it; NULL is nobody's. */
  #naturalTexts(object: ArchiveObject, row: FollowedRow & { readonly is: 'kept' }): readonly string[] | 'unknown' | undefined {
    if (this.#naturalPlaces.length === 0 || this.#mapping.unmatched.has(this.#keyOf(object))) return undefined;
    if (this.#naturalPlaces.some((place) => row.unknown.has(place))) return 'unknown';
    const key = this.#keyOf(object);
    const texts = decodeRow(this.#context.rows.lineOf(this.#planned, object, { texts: row.texts, key }));
    const natural = this.#naturalPlaces.flatMap((place) => texts[place] ?? []);
    return natural.length === this.#naturalPlaces.length ? natural : undefined;
  }

  #differing(mine: string, theirs: string, unknown: ReadonlySet<number>): readonly string[] {
    if (mine === theirs) return noColumns;
    const { target } = this.#planned;
    const differing = differingColumns(target, mine, theirs);
    if (unknown.size === 0) return differing;
    const open = new Set([...unknown].map((place) => target.columns[place]?.member));
    return differing.filter((member) => !open.has(member));
  }

  /** Without what the target computes itself. */
  #written(members: readonly string[]): readonly string[] {
    return members.filter((member) => this.#planned.target.columns.some((one) => one.member === member && !one.column.generated));
  }

  #keyOf(object: ArchiveObject): Key {
    return objectKey(object, this.#planned.target.shape) ?? '';
  }
}
