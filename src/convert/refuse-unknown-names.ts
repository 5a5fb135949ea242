import { didYouMean } from '../errors/nearest-names.js';
import type { Entity, Schema } from '../schema/schema.js';
import { targetEntity } from '../schema/target-entity.js';
import type { Conversion } from './conversion.js';
import { converterInvalid } from './converter-invalid.js';

/** A name that a converter gives. */
interface GivenName {
  readonly where: string;
  readonly model: string;
  /** Undefined where it is the model's own. */
  readonly member: string | undefined;
  readonly isLink: boolean;
}

/**
 * Whatever converters call something, the target has it, unless another converter goes on with it.
 *
 * @throws UsageError CONVERTER_INVALID with the nearest names
 */
export function refuseUnknownNames(conversions: readonly Conversion[], schema: Schema): void {
  const last = conversions.at(-1)?.after;
  if (last === undefined) return;
  for (const [at, conversion] of conversions.entries()) {
    for (const given of namesGivenBy(conversion)) {
      const name = conversions.slice(at + 1).reduce<GivenName | undefined>(followed, given);
      if (name === undefined) continue;
      const entity = targetEntity(schema, last, name.model);
      if (name.member === undefined) {
        if (entity === undefined) throw unknownModel(schema, name);
      } else if (entity !== undefined) {
        const column = last.entities[name.model]?.columns[name.member];
        const known = name.isLink ? linkMembers(schema, entity) : entity.columns.map(({ member }) => member);
        const isThere = name.isLink ? known.includes(name.member) : entity.columns.some((one) => one.name === column?.name);
        // A column that was withheld has a name, and nothing else.
        if (!isThere && !known.includes(name.member)) {
          const what = `the target's ${entity.model} has no "${name.member}"`;
          throw converterInvalid(name.where, what, didYouMean(name.member, known) ?? `Known: ${known.join(', ')}`);
        }
      }
    }
  }
}

function namesGivenBy({ where, before, models }: Conversion): readonly GivenName[] {
  return [...models.values()].flatMap(({ model, to, members, computed, constants }) => {
    if (to === undefined) return [];
    const links = before.entities[model]?.links ?? {};
    const renamed = [...members].flatMap(([member, after]) =>
      after === undefined || after === member ? [] : [{ member: after, isLink: Object.hasOwn(links, member) }],
    );
    const made = [...computed, ...constants].map(({ member }) => ({ member, isLink: false }));
    const own = to === model ? [] : [{ where, model: to, member: undefined, isLink: false }];
    return [...own, ...[...renamed, ...made].map((one) => ({ where, model: to, ...one }))];
  });
}

/** What becomes of a name in a later converter; undefined where it goes. */
function followed(name: GivenName | undefined, { models }: Conversion): GivenName | undefined {
  const own = name === undefined ? undefined : models.get(name.model);
  if (name === undefined || own === undefined) return name;
  if (own.to === undefined) return undefined;
  if (name.member === undefined || !own.members.has(name.member)) return { ...name, model: own.to };
  const member = own.members.get(name.member);
  return member === undefined ? undefined : { ...name, model: own.to, member };
}

function linkMembers(schema: Schema, { model }: Entity): readonly string[] {
  return schema.links.filter(({ owner }) => owner.parent === model).map(({ member }) => member);
}

function unknownModel({ entities }: Schema, { where, model }: GivenName): Error {
  const objects = [...entities.values()].filter(({ role }) => role === 'object');
  const known = objects.map(({ app, name }) => `${app}.${name}`);
  const hint = didYouMean(model, model.includes('.') ? known : objects.map(({ name }) => name));
  return converterInvalid(where, `the target has no model "${model}"`, hint ?? `Known: ${known.sort().slice(0, 20).join(', ')}`);
}
