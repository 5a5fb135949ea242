import type { ArchiveColumn, ArchiveEntity, ArchiveHeader, ArchiveLink, ArchiveReference } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { Schema } from '../schema/schema.js';
import type { Conversion, ModelConversion } from './conversion.js';
import { convertedObjectName, splitName } from './converted-names.js';
import { converterInvalid } from './converter-invalid.js';
import type { ResolvedModel } from './resolved-model.js';
import { TargetNames } from './target-names.js';

interface Converting {
  readonly where: string;
  readonly header: ArchiveHeader;
  readonly schema: Schema;
  readonly models: ReadonlyMap<string, ResolvedModel>;
}

/** The header of an archive after a converter, and with it all that the objects need. @throws UsageError CONVERTER_INVALID where two things would have one name */
export function convertedHeader(converting: Converting): Conversion {
  const { where, header } = converting;
  const models = withNeighbours(converting);
  const modelAfter = (model: string): string | undefined => (models.has(model) ? models.get(model)?.to : model);
  const references = new Map<string, string | undefined>();
  const entities: [string, ArchiveEntity][] = [];
  for (const [model, entity] of Object.entries(header.entities)) {
    const to = modelAfter(model);
    if (to === undefined) continue;
    if (entities.some(([other]) => other === to)) throw converterInvalid(where, `two models of the archive would be ${to}`);
    entities.push([to, convertedEntity(converting, models, model, entity, to)]);
  }
  const named = Object.fromEntries(entities);
  const partial = { ...header, entities: named };
  for (const [model, { references: before, inner: inside = [], mentions: told = [], links }] of Object.entries(header.entities)) {
    const to = modelAfter(model);
    const after = to === undefined ? undefined : named[to];
    if (to === undefined || after === undefined) {
      for (const { name } of [...before, ...inside]) references.set(name, undefined);
      for (const member of Object.keys(links)) references.set(`${model}.${member}`, undefined);
      continue;
    }
    const names = TargetNames.of(converting.schema, partial, to);
    const convertedAll = <Reference extends ArchiveReference>(
      all: readonly Reference[],
      nameOf: (one: Reference, before: Reference) => string,
    ): readonly Reference[] =>
      all.flatMap((reference) => {
        const one = convertedReference(converting, models, model, reference);
        const name = one === undefined ? undefined : nameOf(one, reference);
        if (name !== reference.name) references.set(reference.name, name);
        return one === undefined || name === undefined ? [] : [{ ...one, name }];
      });
    const kept = convertedAll(before, (one) => referenceName(converting.schema, names, one, model, to));
    const nameInside = (one: ArchiveReference, { name, columns }: ArchiveReference): string =>
      innerName(one, name, `${model}.${columns.join('+')}`, to);
    const inner = convertedAll(inside, nameInside);
    const mentions = convertedAll(told, nameInside);
    for (const member of Object.keys(links)) {
      const members = models.get(model)?.members;
      const renamed = members?.has(member) === true ? members.get(member) : member;
      if (to !== model || renamed !== member)
        references.set(`${model}.${member}`, renamed === undefined ? undefined : `${to}.${renamed}`);
    }
    named[to] = {
      ...after,
      references: kept,
      inner: inner.length === 0 ? undefined : inner,
      mentions: mentions.length === 0 ? undefined : mentions,
    };
  }
  const memberAfter = (name: string): string | undefined => {
    const [model, member] = splitName(header, name);
    const to = modelAfter(model);
    const members = models.get(model)?.members;
    const renamed = members?.has(member) === true ? members.get(member) : member;
    return to === undefined || renamed === undefined ? undefined : `${to}.${renamed}`;
  };
  const after: ArchiveHeader = {
    ...header,
    entities: Object.assign(Object.create(null) as ArchiveHeader['entities'], named),
    order: header.order.flatMap((model) => modelAfter(model) ?? []),
    roots: header.roots.flatMap((model) => modelAfter(model) ?? []),
    withheld: Object.fromEntries(
      Object.entries(header.withheld).flatMap(([name, reason]) => {
        const renamed = memberAfter(name);
        return renamed === undefined ? [] : [[renamed, reason] as const];
      }),
    ),
    ...(header.replaced === undefined ? {} : { replaced: header.replaced.flatMap((name) => memberAfter(name) ?? []) }),
  };
  const conversion: Conversion = { where, before: header, after, models, references };
  return {
    ...conversion,
    after: { ...after, seeds: header.seeds.flatMap((seed) => convertedObjectName(conversion, seed) ?? []) },
  };
}

/** Models that the converter says nothing of change, too, where they link to one whose key has other members, or which stays out. */
function withNeighbours({ header, models }: Converting): ReadonlyMap<string, ModelConversion> {
  const all = new Map<string, ModelConversion>(models);
  const isKeyRenamed = (model: string): boolean => {
    const { members } = headerKeyShape(header, model);
    return members.length > 1 && members.some((member) => models.get(model)?.members.has(member));
  };
  for (const [model, { links }] of Object.entries(header.entities)) {
    const known = all.get(model);
    if (known?.to === undefined && known !== undefined) continue;
    const lost = Object.entries(links).filter(([, link]) => models.has(link.model) && models.get(link.model)?.to === undefined);
    const isTouched = lost.length > 0 || Object.values(links).some((link) => isKeyRenamed(link.model));
    if (!isTouched) continue;
    const own = known ?? { model, to: model, members: new Map(), dropped: [], constants: [], computed: [] };
    const members = new Map([...own.members, ...lost.map(([member]) => [member, undefined] as const)]);
    all.set(model, { ...own, members, dropped: [...new Set([...own.dropped, ...lost.map(([member]) => member)])] });
  }
  return all;
}

function convertedEntity(
  { where, models: resolved }: Converting,
  models: ReadonlyMap<string, ModelConversion>,
  model: string,
  entity: ArchiveEntity,
  to: string,
): ArchiveEntity {
  const conversion = models.get(model);
  const own = resolved.get(model);
  const isGone = (member: string): boolean =>
    conversion?.members.has(member) === true && conversion.members.get(member) === undefined;
  const columns: [string, ArchiveColumn][] = [];
  for (const [member, told] of Object.entries(entity.columns)) {
    const after = own?.columns.get(member);
    if (!isGone(member)) columns.push([after?.member ?? member, after?.told ?? told]);
  }
  for (const [name, { member, told }] of own?.columns ?? []) if (name.startsWith('+')) columns.push([member, told]);
  const links = Object.entries(entity.links).flatMap(([member, link]): (readonly [string, ArchiveLink])[] => {
    if (isGone(member)) return [];
    const after = own?.links.get(member);
    return [[after?.member ?? member, { ...link, ...after?.through, model: models.get(link.model)?.to ?? link.model }]];
  });
  const members = [...columns, ...links].map(([member]) => member);
  const names = columns.map(([, { name }]) => name);
  for (const list of [members, names]) {
    const twice = list.find((name, at) => list.indexOf(name) !== at);
    if (twice !== undefined)
      throw converterInvalid(where, `${to} would have "${twice}" twice`, 'Drop or rename the other one, too.');
  }
  return {
    ...entity,
    ...own?.table,
    key: entity.key.map((name) => columnAfter(resolved, model, entity, name) ?? name),
    columns: Object.fromEntries(columns.sort(byName)),
    links: Object.fromEntries(links.sort(byName)),
    ...convertedFacts(entity, (name) => columnAfter(resolved, model, entity, name)),
  };
}

/** Of what people know objects by, and of trees, that is left of which every column is. */
function convertedFacts(
  { naturalKey, uniques, nestedSet, materializedPath }: ArchiveEntity,
  after: (name: string) => string | undefined,
): Partial<ArchiveEntity> {
  const names = naturalKey?.flatMap((name) => after(name) ?? []);
  const others = uniques?.map((columns) => columns.flatMap((name) => after(name) ?? []));
  const [left, right] = nestedSet === undefined ? [] : [after(nestedSet.left), after(nestedSet.right)];
  return {
    ...(naturalKey === undefined ? {} : { naturalKey: names?.length === naturalKey.length ? names : [] }),
    ...(uniques === undefined ? {} : { uniques: others?.filter((columns, at) => columns.length === uniques[at]?.length) }),
    ...(nestedSet === undefined ? {} : { nestedSet: left === undefined || right === undefined ? undefined : { left, right } }),
    ...(materializedPath === undefined ? {} : { materializedPath: after(materializedPath) }),
  };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** What a column is called after; undefined where it is not there any more. */
function columnAfter(
  resolved: ReadonlyMap<string, ResolvedModel>,
  model: string,
  { columns }: Pick<ArchiveEntity, 'columns'>,
  name: string,
): string | undefined {
  const own = resolved.get(model);
  const member = Object.entries(columns).find(([, told]) => told.name === name)?.[0];
  if (own === undefined || member === undefined || !own.members.has(member)) return name;
  return own.members.get(member) === undefined ? undefined : own.columns.get(member)?.told.name;
}

function convertedReference<Reference extends ArchiveReference>(
  { header, models: resolved }: Converting,
  models: ReadonlyMap<string, ModelConversion>,
  model: string,
  reference: Reference,
): Reference | undefined {
  const entity = header.entities[model] ?? { columns: {} };
  const parent = header.entities[reference.parent] ?? { columns: {} };
  const columns = reference.columns.flatMap((name) => columnAfter(resolved, model, entity, name) ?? []);
  const parentColumns = reference.parentColumns.flatMap((name) => columnAfter(resolved, reference.parent, parent, name) ?? []);
  const { when } = reference;
  const column = when === undefined ? undefined : columnAfter(resolved, model, entity, when.column);
  const isWhole = columns.length === reference.columns.length && parentColumns.length === reference.parentColumns.length;
  if (!isWhole || (when !== undefined && column === undefined)) return undefined;
  return {
    ...reference,
    ...{ columns, parentColumns, parent: models.get(reference.parent)?.to ?? reference.parent },
    ...(when === undefined || column === undefined ? {} : { when: { ...when, column } }),
  };
}

/** As the target calls it: what dangles in the source is known by that name. */
function referenceName(schema: Schema, { entity }: TargetNames, one: ArchiveReference, model: string, to: string): string {
  const found = schema.references.find(
    ({ child, columns, when }) =>
      child === entity?.model &&
      columns.join('\0') === one.columns.join('\0') &&
      when?.column === one.when?.column &&
      when?.value === one.when?.value,
  );
  if (found !== undefined) return found.name;
  return one.name.startsWith(`${model}.`) ? `${to}${one.name.slice(model.length)}` : one.name;
}

/** Behind the column stands where in its value the keys are: that stays. */
function innerName({ columns }: ArchiveReference, name: string, before: string, to: string): string {
  return name.startsWith(before) ? `${to}.${columns.join('+')}${name.slice(before.length)}` : name;
}
