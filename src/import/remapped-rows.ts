import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import type { Reference } from '../schema/schema.js';
import { objectKey } from '../values/object-values.js';
import type { OutputBuffer } from '../values/output-buffer.js';
import type { RowEdits } from '../values/row-encoder.js';
import type { FollowedRow, OtherTexts, WrittenAs } from './followed-row.js';
import type { KeyView } from '../closure/key-set.js';
import type { FollowedKey, FollowedValues } from './follow-inside.js';
import { followInside } from './follow-inside.js';
import { followKey } from './follow-key.js';
import { followMention } from './follow-mention.js';
import { followPath } from './follow-path.js';
import { refuseUnreadable } from './refuse-unreadable.js';
import type { KeyMap } from './key-map.js';
import { withPart } from './new-keys.js';
import { isOpen } from './is-open.js';
import type { HeldInside, ModelRows } from './model-rows.js';
import { canMove, changesKey, editsOf, lostBecause, modelRowsOf, withReferences } from './model-rows.js';
import { isPlain, refersToItself, waitsForItself } from './self-references.js';
import type { PlannedModel } from './planned-model.js';
import type { Lane } from './target.js';
import type { TargetInner } from './target-inner.js';
import { ColumnSpace, type ValueSpace } from './value-space.js';
import { ValueSpaces } from './value-spaces.js';
import type { HeldBy, Needed, WrittenRows } from './written-rows.js';

const nothing: OtherTexts = Object.freeze([]);
const none: ReadonlySet<number> = new Set();
const nobody: FollowedValues['absent'] = Object.freeze([]);

/**
 * Rows of objects of which some have other keys in the target than in the archive: references follow them. What the archive answers
 * is rewritten, what it does not is looked for in the target as it stands; no old key is kept for a row that has another.
 */
export class RemappedRows implements WrittenRows {
  readonly #models: ReadonlyMap<string, PlannedModel>;
  readonly #byEntity: ReadonlyMap<string, PlannedModel>;
  readonly #spaces: ValueSpaces;
  readonly #rows = new Map<string, ModelRows>();
  /** Whether what stands behind an object is not decided yet. */
  #isFirstPass = false;
  #sawOpen = false;
  /** By entity: objects that stayed at home, which the target must have; undefined as long as nobody knows. */
  #external: ReadonlyMap<string, Pick<KeyView, 'has'>> | undefined;

  constructor(models: ReadonlyMap<string, PlannedModel>, given: ReadonlyMap<string, KeyMap>) {
    this.#models = models;
    this.#byEntity = new Map([...models.values()].map((one) => [one.target.entity.model, one]));
    this.#spaces = new ValueSpaces(this.#byEntity, given);
    const shared = { order: [...models.keys()], byEntity: this.#byEntity, spaces: this.#spaces };
    const context = { ...shared, canMove: canMove(this.#byEntity, given) };
    for (const planned of models.values()) this.#rows.set(planned.target.model, modelRowsOf(planned, context));
  }

  startPass(isFirst: boolean): void {
    this.#isFirstPass = isFirst;
    this.#sawOpen = false;
    for (const { mapping, keys } of this.#models.values()) mapping?.startPass(keys);
  }

  /** Says which objects stayed at home: the target must have them. */
  knowExternal(external: ReadonlyMap<string, Pick<KeyView, 'has'>>): void {
    this.#external = external;
  }

  /** Whether an object can need one that is decided later. */
  get hasBackward(): boolean {
    return [...this.#rows.values()].some(({ held, inside, mentions }) =>
      [...held, ...inside.values(), ...mentions.values()].some(({ backward }) => backward),
    );
  }

  /** The models of which it must be known what the archive has before anything is decided: others are known when they are needed. */
  get neededAhead(): ReadonlySet<string> {
    const needed = [...this.#models.values()].filter(
      (planned) => this.#of(planned).path !== undefined || planned.mapping?.newKeys?.rule.is === 'derived',
    );
    return new Set(needed.map(({ target }) => target.model));
  }

  /** Whether references of the model lead to objects of the same. */
  refersToItself(planned: PlannedModel): boolean {
    return refersToItself(planned, this.#of(planned));
  }

  isPlain(planned: PlannedModel): boolean {
    return isPlain(planned, this.#of(planned), this.#isFirstPass);
  }

  /** Places of columns that references or the key hold. */
  heldPlaces(planned: PlannedModel): ReadonlySet<number> {
    const { held, keyPlaces } = this.#of(planned);
    return new Set([...keyPlaces, ...held.flatMap(({ places }) => places)]);
  }

  waitsForItself(planned: PlannedModel): boolean {
    return waitsForItself(planned, this.#of(planned));
  }

  /** Notes that the archive has an object. */
  collect({ target, keys }: PlannedModel, objects: readonly ArchiveObject[]): void {
    const spaces = this.spacesOf(target.model);
    for (const object of objects) {
      keys.add(objectKey(object, target.shape) ?? '');
      for (const space of spaces) space.collect(object);
    }
  }

  /** Whether anything was not decided yet when it was needed in this pass. */
  get sawOpen(): boolean {
    return this.#sawOpen;
  }

  /** The other keys of an entity's rows; they can be added to. */
  movedOf(entity: string): KeyMap {
    return this.#spaces.movedOf(entity);
  }

  /** Unique columns of the model, besides its key, that references hold. */
  spacesOf(model: string): readonly ColumnSpace[] {
    return this.#spaces.ofModel(model);
  }

  /** What references of the reference's kind hold. */
  spaceOf(reference: Reference): ValueSpace | undefined {
    return this.#spaces.ofReference(reference);
  }

  /** Whether keys or values of the model's objects follow those of others. */
  isDerived({ target }: PlannedModel): boolean {
    const { held = [], keyPlaces = [] } = this.#rows.get(target.model) ?? {};
    return this.spacesOf(target.model).length > 0 || held.some(({ places }) => places.some((place) => keyPlaces.includes(place)));
  }

  follow(planned: PlannedModel, object: ArchiveObject, isForward = false): FollowedRow {
    const rows = this.#of(planned);
    let texts: (string | null | undefined)[] | undefined;
    let unknown: Set<number> | undefined;
    let wanted: Map<number, readonly [text: string, reference: Reference]> | undefined;
    let lost: Needed[] | undefined;
    for (const held of rows.held) {
      const value = held.value(object);
      if (value === undefined || (isForward && held.backward)) continue;
      const { parent, places, reference } = held;
      if (isOpen(held, value, this.#isFirstPass)) {
        unknown ??= new Set();
        this.#sawOpen = true;
        for (const place of places) unknown.add(place);
        continue;
      }
      if (held.space instanceof ColumnSpace && held.space.gone.has(value)) return { is: 'torn', references: [reference] };
      let to = held.space?.moved.get(value) ?? value;
      if (parent !== undefined && reference.direct && parent.skipped.has(value)) {
        const other = parent.standIns.get(value);
        const inKey = other !== value && places.some((place) => rows.keyPlaces.includes(place));
        if (other === undefined || (inKey && changesKey(rows, places, value, other))) {
          (lost ??= []).push({ planned: parent, key: value });
          continue;
        }
        to = other;
      }
      if (to === value && !rows.shares) continue;
      const [only] = places;
      if (places.length === 1 && only !== undefined && !rows.shares) {
        (texts ??= new Array<string | null | undefined>(planned.target.columns.length))[only] = String(to);
        continue;
      }
      const own = keyTexts(to);
      const before = to === value ? own : keyTexts(value);
      for (const [at, place] of places.entries()) {
        const text = own[at] ?? '';
        if (rows.shares) {
          const other = wanted?.get(place);
          if (other !== undefined && other[0] !== text) return { is: 'torn', references: [other[1], reference] };
          (wanted ??= new Map()).set(place, [text, reference]);
        }
        if (text !== before[at]) (texts ??= new Array<string | null | undefined>(planned.target.columns.length))[place] = text;
      }
    }
    if (rows.inside.size + rows.mentions.size > 0) {
      const values = this.#followInside(planned, object);
      if (values.torn.length > 0) return { is: 'torn', references: values.torn };
      for (const [place, text] of values.texts) (texts ??= [])[place] = text;
      for (const place of values.open) (unknown ??= new Set()).add(place);
      for (const { inner, key } of values.lost) (lost ??= []).push({ planned: rows.inside.get(inner)?.parent ?? planned, key });
    }
    if (rows.path !== undefined) {
      const path = followPath(planned, object, rows, this.#isFirstPass);
      if (path === null) {
        this.#sawOpen = true;
        (unknown ??= new Set()).add(rows.path.place);
      } else if (path !== undefined) (texts ??= [])[rows.path.place] = path;
    }
    if (lost !== undefined) return { is: 'lost', needs: lostBecause(planned, object, lost) };
    return { is: 'kept', texts: texts ?? nothing, unknown: unknown ?? none };
  }

  /** The key that an object has when its references are followed, and that it keeps of the new one where it gets one. */
  followedKey(planned: PlannedModel, key: Key, texts: OtherTexts): Key {
    const { target, mapping } = planned;
    const rows = this.#of(planned);
    const followed = withReferences(rows, key, texts);
    if (mapping?.newKeys === undefined || !mapping.fresh.has(key)) return followed;
    if (rows.keyPlaces.length === 1) return mapping.moved.get(key) ?? key;
    const { place } = mapping.newKeys;
    const drawn = mapping.moved.get(key) ?? key;
    return withPart(target.entity, followed, place, keyTexts(drawn)[place] ?? '');
  }

  key({ target, skipped, standIns, mapping }: PlannedModel, object: ArchiveObject): Key {
    const key = objectKey(object, target.shape) ?? '';
    return (skipped.has(key) ? standIns.get(key) : mapping?.moved.get(key)) ?? key;
  }

  ownKey(planned: PlannedModel, object: ArchiveObject): Key {
    const key = objectKey(object, planned.target.shape) ?? '';
    const row = this.follow(planned, object);
    return row.is === 'kept' ? withReferences(this.#of(planned), key, row.texts) : key;
  }

  write(planned: PlannedModel, object: ArchiveObject, lane: Lane, out: OutputBuffer): void {
    const row = this.follow(planned, object);
    if (row.is !== 'kept')
      throw new TypeError(`an object of ${planned.target.model} is written that cannot follow its references`);
    refuseUnreadable(planned.target, object, row.texts, (inner, key) => this.#followKey(this.#of(planned), inner, key));
    const as = { texts: row.texts, key: this.key(planned, object) };
    planned.target.writers[lane](object, out, this.#edits(planned, object, lane, as));
  }

  /** The row with other texts in some places, and another key. */
  lineOf(planned: PlannedModel, object: ArchiveObject, row: WrittenAs): string {
    return planned.target.line(object, this.#edits(planned, object, 'columns', row));
  }

  /** The same in bytes. */
  writeLine(planned: PlannedModel, object: ArchiveObject, row: WrittenAs, out: OutputBuffer): void {
    planned.target.writers.columns(object, out, this.#edits(planned, object, 'columns', row));
  }

  #edits(planned: PlannedModel, object: ArchiveObject, lane: Lane, { texts, key }: WrittenAs): RowEdits | undefined {
    const isMoved = objectKey(object, planned.target.shape) !== key;
    if (!isMoved && (texts.length === 0 || lane === 'columns')) return texts;
    return editsOf(this.#of(planned), lane, texts, isMoved ? key : undefined);
  }

  held(_: PlannedModel, { reference, value }: HeldBy, object: ArchiveObject): Key | undefined {
    const held = value(object);
    if (held === undefined) return undefined;
    const space = this.spaceOf(reference);
    return space?.known.has(held) === true ? undefined : (space?.moved.get(held) ?? held);
  }

  heldInside(planned: PlannedModel, inner: TargetInner, object: ArchiveObject): readonly (Key | undefined)[] {
    const space = this.#of(planned).inside.get(inner)?.space;
    return inner.found(object).flatMap(({ key }): readonly (Key | undefined)[] => {
      if (key === undefined) return [undefined];
      return space?.known.has(key) === true ? [] : [space?.moved.get(key) ?? key];
    });
  }

  /** What an object mentions and has not come, and whether the old key stays there. */
  absent(planned: PlannedModel, object: ArchiveObject): FollowedValues['absent'] {
    return this.#of(planned).mentions.size === 0 ? nobody : this.#followInside(planned, object).absent;
  }

  needs(planned: PlannedModel, object: ArchiveObject): Needed | undefined {
    const row = this.follow(planned, object);
    return row.is === 'lost' ? row.needs : undefined;
  }

  #followInside(planned: PlannedModel, object: ArchiveObject): FollowedValues {
    const { inner: needed, mentions } = planned.target;
    const rows = this.#of(planned);
    return followInside(mentions.length === 0 ? needed : [...needed, ...mentions], object, (inner, key) => {
      const followed = this.#followKey(rows, inner, key);
      if (followed.is === 'open') this.#sawOpen = true;
      return followed;
    });
  }

  #followKey({ inside, mentions }: ModelRows, inner: TargetInner, key: Key): FollowedKey {
    const isOpenKey = (held: HeldInside): boolean => isOpen(held, key, this.#isFirstPass);
    const mention = mentions.get(inner);
    return mention === undefined
      ? followKey(inside.get(inner), key, isOpenKey)
      : followMention(mention, key, { isOpen: isOpenKey, external: this.#external });
  }

  #of({ target }: PlannedModel): ModelRows {
    const rows = this.#rows.get(target.model);
    if (rows === undefined) throw new TypeError(`${target.model} is no model of the plan`);
    return rows;
  }
}
