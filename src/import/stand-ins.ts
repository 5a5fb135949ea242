import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import type { Reference } from '../schema/schema.js';
import { toArchiveValue } from '../values/archive-value.js';
import type { FollowedKey } from './follow-inside.js';
import { followInside } from './follow-inside.js';
import { refuseUnreadable } from './refuse-unreadable.js';
import type { PlannedModel } from './planned-model.js';
import { valueReader } from './reference-value.js';
import { memberText, objectKey } from '../values/object-values.js';
import type { OutputBuffer } from '../values/output-buffer.js';
import type { Lane, TargetModel } from './target.js';
import type { TargetInner } from './target-inner.js';
import type { HeldBy, Needed, WrittenRows } from './written-rows.js';

/** What becomes of an object that needs skipped ones. */
export type Followed =
  /** As it is written: references to a skipped object lead to the row that is proven to be the same. */
  | {
      readonly is: 'kept';
      readonly object: ArchiveObject;
      /** Columns whose references lead to objects of which nobody knows yet whether they are skipped. */
      readonly open: ReadonlySet<string>;
    }
  /** It needs an object that is not there, and that no row stands in for. */
  | { readonly is: 'lost'; readonly needs: Needed | undefined };

const nothing: ReadonlySet<string> = new Set();

interface Held {
  readonly reference: Reference;
  readonly parent: PlannedModel | undefined;
  readonly value: (object: ArchiveObject) => Key | undefined;
}

/**
 * References to skipped objects. The old key never stands for a row that nobody proved to be the same; an object whose own key
 * holds the reference is lost too, since it would need another key.
 */
export class StandIns implements WrittenRows {
  readonly #models: ReadonlyMap<string, PlannedModel>;
  /** Whether what stands behind an object can be skipped, and nobody knows yet what is. */
  readonly #isOpen: boolean;
  readonly #held = new Map<string, readonly Held[]>();

  constructor(models: ReadonlyMap<string, PlannedModel>, isFirstPass = false) {
    this.#models = models;
    this.#isOpen = isFirstPass && [...models.values()].some(({ target }) => target.strategy === 'skip');
  }

  /** Whether nothing is skipped, or can be, that objects of the model refer to: {@link follow} then leaves each as it is. */
  leaveAsIs(planned: PlannedModel): boolean {
    if (this.#isOpen || this.#inside(planned.target).length > 0) return false;
    // Asked of each object that is written: nothing is made for it.
    for (const { parent } of this.#of(planned)) if (parent !== undefined && parent.skipped.size > 0) return false;
    return true;
  }

  follow(planned: PlannedModel, object: ArchiveObject): Followed {
    const held = this.#of(planned);
    const fields: Record<string, ArchiveValue> = {};
    const lost: Needed[] = [];
    let open: Set<string> | undefined;
    let redirected = false;
    for (const { reference, parent, value } of held) {
      if (parent === undefined || (parent.skipped.size === 0 && !this.#isOpen)) continue;
      const key = value(object);
      if (key === undefined) continue;
      if (this.#isOpen && !parent.keys.has(key)) {
        open ??= new Set();
        for (const name of reference.columns) open.add(name);
        continue;
      }
      if (!parent.skipped.has(key)) continue;
      const other = parent.standIns.get(key);
      if (other === key) continue;
      if (other === undefined || !assign(planned, reference, [key, other], fields)) {
        lost.push({ planned: parent, key });
      } else redirected = true;
    }
    const { target } = planned;
    const inside = this.#inside(target);
    if (inside.length > 0) {
      const values = followInside(inside, object, (inner, key) => this.#followKey(inner, key));
      for (const { inner, key } of values.lost) lost.push({ planned: this.#parentOf(inner) ?? planned, key });
      // Of two keys in one place neither can stand there.
      if (values.torn.length > 0) lost.push({ planned, key: objectKey(object, target.shape) ?? '' });
      for (const place of values.open) (open ??= new Set()).add(target.columns[place]?.column.name ?? '');
      for (const [place, text] of values.texts) {
        const { member = '', column } = target.columns[place] ?? {};
        fields[member] = toArchiveValue(text, column?.kind ?? 'text');
        redirected = true;
      }
    }
    if (lost.length > 0) return { is: 'lost', needs: this.#reason(planned, object, lost) };
    if (!redirected) return { is: 'kept', object, open: open ?? nothing };
    const followed = { model: object.model, pk: object.pk, fields: { ...object.fields, ...fields } };
    // Columns can belong to several references: each must hold what it should.
    for (const { parent, value } of held) {
      const key = value(object);
      const wanted = key === undefined ? undefined : (parent?.standIns.get(key) ?? key);
      if (key !== undefined && value(followed) !== wanted) return { is: 'lost', needs: { planned: parent ?? planned, key } };
    }
    return { is: 'kept', object: followed, open: open ?? nothing };
  }

  key({ target, standIns }: PlannedModel, object: ArchiveObject): Key {
    const key = objectKey(object, target.shape) ?? '';
    return standIns.get(key) ?? key;
  }

  ownKey({ target }: PlannedModel, object: ArchiveObject): Key {
    return objectKey(object, target.shape) ?? '';
  }

  write(planned: PlannedModel, object: ArchiveObject, lane: Lane, out: OutputBuffer): void {
    planned.target.writers[lane](this.#written(planned, object), out);
  }

  held(planned: PlannedModel, { value }: HeldBy, object: ArchiveObject): Key | undefined {
    const followed = this.follow(planned, object);
    return followed.is === 'kept' ? value(followed.object) : undefined;
  }

  heldInside(planned: PlannedModel, inner: TargetInner, object: ArchiveObject): readonly (Key | undefined)[] {
    const followed = this.follow(planned, object);
    return followed.is === 'kept' ? inner.found(followed.object).map(({ key }) => key) : [];
  }

  needs(planned: PlannedModel, object: ArchiveObject): Needed | undefined {
    const followed = this.follow(planned, object);
    return followed.is === 'lost' ? followed.needs : undefined;
  }

  /** An object that is written, as it is written. */
  #written(planned: PlannedModel, object: ArchiveObject): ArchiveObject {
    if (this.leaveAsIs(planned)) return object;
    const followed = this.follow(planned, object);
    if (followed.is === 'lost') throw new TypeError(`an object of ${planned.target.model} is written that needs a skipped one`);
    const { target } = planned;
    const inside = this.#inside(target);
    if (inside.length > 0 && followed.object !== object) {
      const texts: string[] = [];
      for (const { place, member } of inside) texts[place] = memberText(followed.object, member) ?? '';
      refuseUnreadable(target, object, texts, (inner, key) => this.#followKey(inner, key));
    }
    return followed.object;
  }

  /** What is mentioned where an object can be another row: else it stays as it is, and nobody looks. */
  #inside({ inner, mentions }: TargetModel): readonly TargetInner[] {
    if (mentions.length === 0) return inner;
    const open = mentions.filter((one) => this.#isOpen || (this.#parentOf(one)?.standIns.size ?? 0) > 0);
    return open.length === 0 ? inner : [...inner, ...open];
  }

  #parentOf({ reference }: TargetInner): PlannedModel | undefined {
    return [...this.#models.values()].find(({ target }) => target.entity.model === reference.parent);
  }

  #followKey(inner: TargetInner, key: Key): FollowedKey {
    const parent = inner.reference.direct ? this.#parentOf(inner) : undefined;
    if (this.#isOpen && parent?.keys.has(key) === false) return { is: 'open' };
    if (parent?.skipped.has(key) !== true) return { is: 'led', to: key };
    const other = parent.standIns.get(key);
    if (other !== undefined) return { is: 'led', to: other };
    return inner.absent === undefined ? { is: 'lost' } : { is: 'led', to: key };
  }

  /**
   * Why it is lost: for a row that is in the way if it can be, else for an object that is lost itself, and rather for one of an earlier
   * model: in a cycle each would be explained by the other. Never for itself: that it is skipped explains nothing.
   */
  #reason(planned: PlannedModel, object: ArchiveObject, lost: readonly Needed[]): Needed | undefined {
    const own = objectKey(object, planned.target.shape);
    const others = lost.filter((one) => one.planned.target.model !== planned.target.model || one.key !== own);
    const order = [...this.#models.keys()];
    const place = ({ planned: { target } }: Needed): number => order.indexOf(target.model);
    return (
      others.find((one) => one.planned.inTheWay.has(one.key)) ??
      others.reduce<Needed | undefined>((best, one) => (best === undefined || place(one) < place(best) ? one : best), undefined)
    );
  }

  #of(planned: PlannedModel): readonly Held[] {
    const { target } = planned;
    const known = this.#held.get(target.model);
    if (known !== undefined) return known;
    const byEntity = new Map([...this.#models.values()].map((one) => [one.target.entity.model, one]));
    const held = target.references.map((reference) => ({
      reference,
      parent: reference.direct ? byEntity.get(reference.parent) : undefined,
      value: valueReader(target, reference),
    }));
    this.#held.set(target.model, held);
    return held;
  }
}

/** Writes another key into a reference's members; false where that changes the object's own key: a tenant that both keys hold stays. */
function assign(
  { target }: PlannedModel,
  reference: Reference,
  [from, to]: readonly [Key, Key],
  fields: Record<string, ArchiveValue>,
): boolean {
  const before = keyTexts(from);
  const texts = keyTexts(to);
  for (const [at, name] of reference.columns.entries()) {
    const one = target.columns.find(({ column }) => column.name === name);
    if (one?.inKey === true && texts[at] === before[at]) continue;
    if (one === undefined || one.inKey) return false;
    fields[one.member] = toArchiveValue(texts[at] ?? null, one.column.kind);
  }
  return true;
}
