import type { ArchiveObject, ArchiveReference, ArchiveValue } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import { compareKeysOf } from '../../closure/key-order.js';
import type { Key } from '../../closure/key.js';
import { keyTexts, toKey } from '../../closure/key.js';
import { RefusedError } from '../../errors/portolan-error.js';
import { groupBy } from '../../schema/group-by.js';
import type { KeyShape } from '../../values/archive-value.js';
import { keyToPk, toArchiveValue, toServerText } from '../../values/archive-value.js';
import { isShared, memberKeys, memberText, objectKey } from '../../values/object-values.js';
import { objectNamer } from '../object-namer.js';
import type { Gathering, Led } from './gathering.js';
import { hasMoved, leadOf } from './gathering.js';
import type { ModelKeys, OriginKeys } from './origin-keys.js';
import type { ModelReferences, Space } from './references-of.js';
import { referencesOf } from './references-of.js';
import type { FoundInside, Stranger } from './rewrite-inside.js';
import { rewriteInside } from './rewrite-inside.js';

type Fields = ArchiveObject['fields'];

/** An object with its references as they lead in the merged archive. */
export interface Rewritten {
  /** As its own archive has it. */
  readonly key: Key;
  /** With the references in it as they lead there. */
  readonly followed: Key;
  readonly fields: Fields | undefined;
  /** Columns whose references are not decided yet. */
  readonly open: ReadonlySet<string>;
  /** References that no row can hold so. */
  readonly torn: readonly Pick<ArchiveReference, 'name' | 'parent'>[];
  /** What is mentioned, and no archive of its database has, where another's has its key. */
  readonly strangers: readonly Stranger[];
}

interface Numbers {
  readonly left: string;
  readonly right: string;
}

const noMembers: ReadonlySet<string> = new Set();
const noReferences: Rewritten['torn'] = Object.freeze([]);

/** Rewrites the objects of one model that come from one database. */
export class ObjectRewriter {
  readonly #gathering: Gathering;
  readonly #origin: OriginKeys;
  readonly #model: string;
  readonly #shape: KeyShape;
  readonly #references: ModelReferences;
  readonly #inside: ReadonlyMap<string, ModelReferences['inside']>;
  readonly #links: readonly { readonly member: string; readonly space: Space; readonly shape: KeyShape }[];
  readonly #path: string | undefined;
  readonly #numbers: Numbers | undefined;
  /** Whether two references have a column in common. */
  readonly #shares: boolean;
  readonly #own: ModelKeys;

  constructor(gathering: Gathering, origin: OriginKeys, model: string) {
    const { header } = gathering;
    const entity = header.entities[model];
    this.#gathering = gathering;
    this.#origin = origin;
    this.#model = model;
    this.#own = origin.of(model);
    this.#shape = headerKeyShape(header, model);
    this.#references = referencesOf(header, model);
    this.#inside = groupBy(this.#references.inside, ({ member }) => member);
    this.#links = Object.entries(entity?.links ?? {}).map(([member, link]) => ({
      member,
      space: keySpace(header.entities[link.model]?.key ?? [], link.model),
      shape: headerKeyShape(header, link.model),
    }));
    const memberOf = (name: string | undefined): string | undefined =>
      Object.entries(entity?.columns ?? {}).find(([, one]) => one.name === name)?.[0];
    this.#path = memberOf(entity?.materializedPath);
    const [left, right] = [memberOf(entity?.nestedSet?.left), memberOf(entity?.nestedSet?.right)];
    this.#numbers = left === undefined || right === undefined ? undefined : { left, right };
    const members = this.#references.held.flatMap((held) => held.members.map(({ member }) => member));
    this.#shares = new Set(members).size < members.length;
  }

  /** Whether keys of the model hold those of others. */
  get hasKeyReferences(): boolean {
    return this.#references.held.some(({ members }) => members.some(({ inKey }) => inKey));
  }

  /** As it is to be compared: with its references, without its links. */
  follow(object: ArchiveObject): Rewritten {
    const key = objectKey(object, this.#shape) ?? '';
    const open = new Set<string>();
    const torn: Pick<ArchiveReference, 'name' | 'parent'>[] = [];
    const strangers: Stranger[] = [];
    const texts = this.#heldTexts(object, open, torn);
    const inside = this.#insideTexts(object, { open, torn, strangers });
    const path = this.#pathText(object, key, open);
    this.#tearMisled(object, texts, torn);
    let fields: Record<string, Fields[string]> | undefined;
    let parts: string[] | undefined;
    for (const [member, { text, place, kind }] of texts) {
      if (place >= 0) (parts ??= [...keyTexts(key)])[place] = text;
      else if (Object.hasOwn(object.fields, member)) (fields ??= { ...object.fields })[member] = toArchiveValue(text, kind);
    }
    for (const [member, value] of [...inside, ...path]) (fields ??= { ...object.fields })[member] = value;
    const followed = parts === undefined ? key : toKey(parts, this.#isInteger);
    return {
      ...{ key, followed, fields },
      open: open.size === 0 ? noMembers : open,
      torn: torn.length === 0 ? noReferences : torn,
      strangers,
    };
  }

  /**
   * As it stands in the merged archive; the same object where nothing of it is another.
   *
   * @param onStranger hears of mentions that would lead to objects of another database
   * @throws RefusedError REFERENCE_NOT_MAPPED
   */
  rewrite(object: ArchiveObject, onStranger?: (stranger: Stranger) => void): ArchiveObject {
    const { key, fields: followed, open, torn, strangers } = this.follow(object);
    if (onStranger !== undefined) for (const one of strangers) onStranger(one);
    const [first] = torn;
    if (first !== undefined) throw this.#notMapped(first, key, 'what it leads to cannot be referred to so any more');
    if (open.size > 0) throw new TypeError(`references of ${this.#model} are not decided`);
    let fields: Record<string, Fields[string]> | undefined = followed === undefined ? undefined : { ...followed };
    for (const [member, list] of this.#movedLinks(object, key)) (fields ??= { ...object.fields })[member] = list;
    for (const [member, text] of this.#shifted(object))
      (fields ??= { ...object.fields })[member] = toArchiveValue(text, 'integer') satisfies ArchiveValue;
    const to = this.#own.counterpart(key);
    if (fields === undefined && to === key) return object;
    return {
      model: this.#model,
      pk: to === key ? object.pk : keyToPk(to, this.#shape),
      fields: fields ?? object.fields,
      ...(isShared(object) ? { shared: true as const } : {}),
    };
  }

  get #isInteger(): boolean {
    return this.#shape.members.length === 1 && this.#shape.kinds[0] === 'integer';
  }

  /** By member: what references that have changed hold, and where that stands in the key. */
  #heldTexts(
    object: ArchiveObject,
    open: Set<string>,
    torn: Pick<ArchiveReference, 'name' | 'parent'>[],
  ): ReadonlyMap<string, { readonly text: string; readonly place: number; readonly kind: KeyShape['kinds'][number] }> {
    const texts = new Map<string, { text: string; place: number; kind: KeyShape['kinds'][number] }>();
    const wanted = this.#shares ? new Map<string, string>() : undefined;
    for (const { reference, space, members, value } of this.#references.held) {
      const held = value(object);
      if (held === undefined) continue;
      const led = this.#lead(reference, space, held, object);
      if (led.is === 'gone') torn.push(reference);
      else if (led.is === 'open') for (const { member } of members) open.add(member);
      else if (led.to !== held || wanted !== undefined) {
        const [own, before] = [keyTexts(led.to), keyTexts(held)];
        for (const [at, { member, kind, inKey }] of members.entries()) {
          const text = own[at] ?? '';
          const other = wanted?.get(member);
          if (other !== undefined && other !== text) torn.push(reference);
          wanted?.set(member, text);
          if (text !== before[at]) texts.set(member, { text, kind, place: inKey ? this.#shape.members.indexOf(member) : -1 });
        }
      }
    }
    return texts;
  }

  #insideTexts(object: ArchiveObject, found: FoundInside): readonly (readonly [member: string, value: ArchiveValue])[] {
    return [...this.#inside].flatMap(([member, group]): readonly (readonly [string, ArchiveValue])[] => {
      const value = rewriteInside(
        object,
        member,
        group,
        {
          needed: (reference, space, key) => this.#lead(reference, space, key, object),
          mentioned: (space, key) => leadOf(this.#gathering, this.#origin, space, key),
        },
        found,
      );
      return value === undefined ? [] : [[member, value]];
    });
  }

  /** Which of several models an object refers to is told by a column: that one may not become another. */
  #tearMisled(
    object: ArchiveObject,
    texts: ReadonlyMap<string, unknown>,
    torn: Pick<ArchiveReference, 'name' | 'parent'>[],
  ): void {
    if (texts.size === 0) return;
    for (const { reference, value } of this.#references.held)
      if (texts.has(this.#discriminatorOf(reference) ?? '') && value(object) !== undefined) torn.push(reference);
    for (const { reference, absent, found } of this.#references.inside)
      if (absent === undefined && texts.has(this.#discriminatorOf(reference) ?? '') && found(object).length > 0)
        torn.push(reference);
  }

  #discriminatorOf({ when }: Pick<ArchiveReference, 'when'>): string | undefined {
    if (when === undefined) return undefined;
    const columns = Object.entries(this.#gathering.header.entities[this.#model]?.columns ?? {});
    return columns.find(([, { name }]) => name === when.column)?.[0];
  }

  #pathText(object: ArchiveObject, own: Key, open: Set<string>): readonly (readonly [member: string, text: string])[] {
    const member = this.#path;
    const text = member === undefined ? null : memberText(object, member);
    if (member === undefined || text === null) return [];
    const reference = { name: `${this.#model}.${member}`, parent: this.#model };
    const space = keySpace(this.#shape.members, this.#model);
    const ids = text.split('.').map((id) => {
      if (id === '') return id;
      const key = toKey(this.#shape.members.length === 1 ? [id] : id.split('_'), this.#isInteger);
      const led = this.#lead(reference, space, key, object);
      if (led.is === 'open' && key !== own) open.add(member);
      return led.is === 'led' ? keyTexts(led.to).join('_') : id;
    });
    const path = ids.join('.');
    return path === text ? [] : [[member, path]];
  }

  #movedLinks(object: ArchiveObject, own: Key): readonly (readonly [member: string, list: readonly ArchiveObject['pk'][]])[] {
    return this.#links.flatMap(({ member, space, shape }) => {
      const keys = memberKeys(object, member, shape);
      const moved = keys.map((key) => {
        const led = leadOf(this.#gathering, this.#origin, space, key);
        if (led.is !== 'led') throw this.#notMapped({ name: `${this.#model}.${member}`, parent: space.model }, own, nobody);
        return led.to;
      });
      if (moved.every((key, at) => key === keys[at])) return [];
      const sorted = [...new Set(moved)].sort(compareKeysOf(shape.kinds));
      return [[member, sorted.map((key) => keyToPk(key, shape))] as const];
    });
  }

  /** Numbers of a nested set stand behind those of earlier archives. */
  #shifted(object: ArchiveObject): readonly (readonly [member: string, text: string])[] {
    const by = this.#origin.shifts.get(this.#model);
    if (by === undefined || this.#numbers === undefined) return [];
    return [this.#numbers.left, this.#numbers.right].flatMap((member) => {
      const text = memberText(object, member);
      return text === null ? [] : [[member, String(BigInt(text) + by)] as const];
    });
  }

  #lead(
    reference: Pick<ArchiveReference, 'name' | 'parent' | 'inexact'>,
    space: Space,
    value: Key,
    object: ArchiveObject,
  ): Exclude<Led, { readonly is: 'nowhere' }> {
    const led = leadOf(this.#gathering, this.#origin, space, value);
    switch (led.is) {
      case 'led':
      case 'open':
      case 'gone':
        return led;
      case 'nowhere': {
        const own = objectKey(object, this.#shape) ?? '';
        // Equal values need not have equal texts there: which object is meant, only the database could say.
        const isUnclear = reference.inexact === true && hasMoved(this.#origin, space);
        if (isUnclear) throw this.#notMapped(reference, own, 'its value is written otherwise than that of any object');
        if (led.taken) throw this.#notMapped(reference, own, nobody);
        return { is: 'led', to: value };
      }
    }
  }

  #notMapped({ name, parent }: Pick<ArchiveReference, 'name' | 'parent'>, key: Key, why: string): RefusedError {
    const object = objectNamer(this.#gathering.header, this.#model)(key);
    const [archive] = this.#gathering.origins[this.#origin.place]?.archives ?? [];
    return new RefusedError(
      'REFERENCE_NOT_MAPPED',
      `${archive?.path ?? 'an archive'}: ${object}: ${name} leads to ${parent} where nobody can follow: ${why}`,
      { hint: 'Nothing was written. Mend or empty it in that archive (then: portolan verify --reseal), or in the source.' },
    );
  }
}

const nobody = 'no archive of its database has that object, and one of another database has its key';

function keySpace(columns: readonly string[], model: string): Space {
  return { id: [model, ...columns].join('\0'), model, columns, isKey: true };
}

/** The text of a member of an object that was rewritten. */
export function rewrittenText(object: ArchiveObject, { fields }: Pick<Rewritten, 'fields'>, member: string): string | null {
  return fields === undefined ? memberText(object, member) : toServerText((fields[member] ?? null) as ArchiveValue);
}
