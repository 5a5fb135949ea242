import type { Key } from '../closure/key.js';
import type { Reference } from '../schema/schema.js';
import type { KeyMap } from './key-map.js';
import { PackedKeyMap } from './key-map.js';
import type { PlannedModel } from './planned-model.js';
import type { ValueSpace } from './value-space.js';
import { ColumnSpace } from './value-space.js';

/** What the references of a plan hold: keys of its models, other unique columns of theirs, keys of models of which the archive has nothing. */
export class ValueSpaces {
  readonly #byEntity: ReadonlyMap<string, PlannedModel>;
  /** By entity that the archive has no objects of: keys that earlier id maps know. */
  readonly #elsewhere = new Map<string, KeyMap>();
  readonly #ofColumns = new Map<string, ColumnSpace[]>();
  readonly #ofReference = new Map<Reference, ValueSpace | undefined>();

  constructor(byEntity: ReadonlyMap<string, PlannedModel>, given: ReadonlyMap<string, KeyMap>) {
    this.#byEntity = byEntity;
    for (const [entity, keys] of given) if (!byEntity.has(entity)) this.#elsewhere.set(entity, keys);
  }

  /** The other keys of an entity's rows; they can be added to. */
  movedOf(entity: string): KeyMap {
    const known = this.#byEntity.get(entity)?.mapping?.moved ?? this.#elsewhere.get(entity);
    if (known !== undefined) return known;
    const keys = new PackedKeyMap();
    this.#elsewhere.set(entity, keys);
    return keys;
  }

  /** Unique columns of the model, besides its key, that references hold. */
  ofModel(model: string): readonly ColumnSpace[] {
    return this.#ofColumns.get(model) ?? [];
  }

  /** What references of the reference's kind hold; undefined before it is added. */
  ofReference(reference: Reference): ValueSpace | undefined {
    return this.#ofReference.get(reference);
  }

  /** @param parent what the archive has of the model that it leads to */
  add(reference: Reference, parent: PlannedModel | undefined): ValueSpace | undefined {
    const space = this.#spaceFor(reference, parent);
    this.#ofReference.set(reference, space);
    return space;
  }

  #spaceFor({ direct, parentColumns, parent: entity }: Reference, parent: PlannedModel | undefined): ValueSpace | undefined {
    if (parent === undefined) return direct ? { known: { has: () => false }, moved: this.movedOf(entity) } : undefined;
    const { target, keys, skipped, mapping } = parent;
    if (mapping === undefined) return undefined;
    if (parentColumns.join('\0') === target.entity.key.join('\0')) {
      // Who else has the key of what stays out, only the database can say where equal keys need not have equal texts.
      const known = direct ? keys : { has: (key: Key) => keys.has(key) && !skipped.has(key) };
      return { known, moved: mapping.moved };
    }
    if (!parentColumns.every((name) => target.columns.some(({ column }) => column.name === name))) return undefined;
    const spaces = this.#ofColumns.get(target.model) ?? [];
    this.#ofColumns.set(target.model, spaces);
    const same = spaces.find(({ columns }) => columns.join('\0') === parentColumns.join('\0'));
    if (same !== undefined) return same;
    const space = new ColumnSpace(target, parentColumns);
    spaces.push(space);
    return space;
  }
}
