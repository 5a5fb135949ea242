import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import { toArchiveValue } from '../values/archive-value.js';
import { isShared } from '../values/object-values.js';
import type { Conversion, ModelConversion } from './conversion.js';
import type { Evaluator, Expressions } from './expressions.js';

/** Objects that are told to the database at once: its answer is held together with them. */
const most = 10_000;

type Members = ModelConversion['members'];

/** Applies one converter to runs of objects of one model. */
export class ObjectConverter {
  readonly #conversion: Conversion;
  readonly #expressions: Expressions;
  readonly #evaluators = new Map<string, Evaluator>();
  /** `model.member` before → how many objects had a value there that is lost; models → how many stay out. */
  readonly lost = new Map<string, number>();

  constructor(conversion: Conversion, expressions: Expressions) {
    this.#conversion = conversion;
    this.#expressions = expressions;
    for (const { model, to, dropped } of conversion.models.values()) {
      if (to === undefined) this.lost.set(model, 0);
      for (const member of dropped) this.lost.set(`${model}.${member}`, 0);
    }
  }

  /** @throws RefusedError CONVERTER_FAILED */
  async convert(model: string, objects: readonly ArchiveObject[]): Promise<readonly ArchiveObject[]> {
    const own = this.#conversion.models.get(model);
    if (own === undefined) return objects;
    if (own.to === undefined) {
      this.#lose(model, objects.length);
      return [];
    }
    const converted: ArchiveObject[] = [];
    for (let from = 0; from < objects.length; from += most)
      for (const object of await this.#converted(own, own.to, objects.slice(from, from + most))) converted.push(object);
    return converted;
  }

  async #converted(own: ModelConversion, to: string, objects: readonly ArchiveObject[]): Promise<readonly ArchiveObject[]> {
    const { model, members, computed, constants, dropped } = own;
    const texts = computed.length === 0 ? [] : await (await this.#evaluatorOf(own))(objects);
    const lists = this.#listsOf(model);
    const given = constants.map(({ member, value }) => [member, value] as const);
    return objects.map((object, at) => {
      const { pk, fields } = object;
      for (const member of dropped) if (holdsSomething(fields[member])) this.#lose(`${model}.${member}`, 1);
      const after: [string, ArchiveObject['fields'][string]][] = [];
      for (const [member, value] of Object.entries(fields)) {
        const name = members.has(member) ? members.get(member) : member;
        const keys = lists.get(member);
        if (name !== undefined) after.push([name, keys === undefined ? value : renamedKeys(value, keys)]);
      }
      const values = computed.map(
        ({ member, type: { kind } }, place) => [member, toArchiveValue(texts[at]?.[place] ?? null, kind)] as const,
      );
      const whole = { model: to, pk: renamedKey(pk, members), fields: Object.fromEntries([...after, ...given, ...values]) };
      return isShared(object) ? { ...whole, shared: true } : whole;
    });
  }

  async #evaluatorOf({ model, computed }: ModelConversion): Promise<Evaluator> {
    const known = this.#evaluators.get(model);
    if (known !== undefined) return known;
    const entity = this.#conversion.before.entities[model];
    if (entity === undefined) throw new TypeError(`the archive has no ${model}`);
    const made = await this.#expressions.evaluator(entity, model, computed);
    this.#evaluators.set(model, made);
    return made;
  }

  /** Many-to-many members whose keys have members that are called otherwise after. */
  #listsOf(model: string): ReadonlyMap<string, Members> {
    const { before, models } = this.#conversion;
    const links = Object.entries(before.entities[model]?.links ?? {});
    return new Map(
      links.flatMap(([member, link]) => {
        const members = models.get(link.model)?.members;
        return members === undefined ? [] : [[member, members] as const];
      }),
    );
  }

  #lose(name: string, count: number): void {
    this.lost.set(name, (this.lost.get(name) ?? 0) + count);
  }
}

function holdsSomething(value: ArchiveObject['fields'][string] | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/** A key with several columns tells each by its member. */
export function renamedKey(pk: ArchiveObject['pk'], members: Members): ArchiveObject['pk'] {
  if (typeof pk !== 'object' || pk === null) return pk;
  return Object.fromEntries(
    Object.entries(pk).map(([member, value]): [string, ArchiveValue] => [members.get(member) ?? member, value]),
  );
}

function renamedKeys(value: ArchiveObject['fields'][string], members: Members): ArchiveObject['fields'][string] {
  return Array.isArray(value) ? (value as readonly ArchiveObject['pk'][]).map((pk) => renamedKey(pk, members)) : value;
}
