import type { ArchiveColumn, ArchiveEntity, ArchiveHeader } from '../archive/archive.js';
import { quoteIdentifier } from '../dialect/postgres/sql.js';
import { nearestNames } from '../errors/nearest-names.js';
import type { Column, Entity, Schema, ValueKind } from '../schema/schema.js';
import { targetEntity } from '../schema/target-entity.js';
import { modelFingerprint } from './fingerprint.js';

/**
 * A converter that would bring the archive into the target's schema, to be pasted into a policy: what has no other explanation is taken for
 * renamed, else for dropped; what new rows need gets a value that somebody has to choose. Undefined where nothing is to be converted.
 */
export function adviseConverter(header: ArchiveHeader, schema: Schema): string | undefined {
  const taken = new Set(header.order.flatMap((model) => targetEntity(schema, header, model)?.model ?? []));
  const renamed = new Map<string, Entity>();
  for (const [model, described] of Object.entries(header.entities)) {
    if (targetEntity(schema, header, model) !== undefined) continue;
    const entity = likeEntity(schema, model, described, taken);
    if (entity === undefined) continue;
    taken.add(entity.model);
    renamed.set(model, entity);
  }
  const advice: (readonly [model: string, lines: readonly string[]])[] = [];
  for (const model of header.order) {
    const described = header.entities[model];
    if (described === undefined) continue;
    const entity = targetEntity(schema, header, model) ?? renamed.get(model);
    const lines = entity === undefined ? ['drop: true,'] : modelLines(header, schema, renamed, model, described, entity);
    if (lines.length > 0) advice.push([model, lines]);
  }
  if (advice.length === 0) return undefined;
  const from = advice.map(([model]) => {
    const described = header.entities[model];
    return `${text(model)}: ${text(described === undefined ? '' : modelFingerprint(described))}`;
  });
  const models = advice.flatMap(([model, lines]) => [`${text(model)}: {`, ...indented(lines), '},']);
  const converter = [`from: { ${from.join(', ')} },`, 'models: {', ...indented(models), '},'];
  return ['converters: [', ...indented(['{', ...indented(converter), '},']), '],'].join('\n');
}

function modelLines(
  header: ArchiveHeader,
  schema: Schema,
  renamed: ReadonlyMap<string, Entity>,
  model: string,
  described: ArchiveEntity,
  entity: Entity,
): readonly string[] {
  const pairs = matched(described, entity);
  const free = entity.columns.filter((column) => !pairs.some(([, other]) => other === column) && !column.generated);
  const columns: string[] = [];
  const used = new Set<Column>();
  for (const [member, told] of Object.entries(described.columns)) {
    const inKey = described.key.includes(told.name);
    const known = pairs.find(([name]) => name === member)?.[1];
    if (known !== undefined) {
      if (known.kind !== told.kind && !inKey)
        columns.push(`${text(member)}: { using: ${text(`${quoteIdentifier(told.name)}::${known.type}`)} },`);
      continue;
    }
    const left = free.filter((column) => !used.has(column) && entity.key.includes(column.name) === inKey);
    const leadsTo = leadingTo(header, schema, renamed, described, told.name);
    const other = likeColumn(told, member, leadsTo === undefined ? left : left.filter(({ name }) => leadsTo(entity, name)));
    if (other !== undefined) used.add(other);
    else if (inKey) continue;
    columns.push(`${text(member)}: ${other === undefined ? '{ drop: true }' : `{ rename: ${text(other.member)} }`},`);
  }
  columns.push(...linkLines(header, schema, renamed, described, entity));
  const isWithheld = (column: Column): boolean =>
    column.withheld !== undefined || Object.hasOwn(header.withheld, `${model}.${column.member}`);
  const needed = free.filter(
    (column) =>
      !used.has(column) &&
      !column.nullable &&
      column.default === undefined &&
      column.identity === undefined &&
      !isWithheld(column),
  );
  const defaults = needed
    .filter(({ name }) => !entity.key.includes(name))
    .map(({ member, kind }) => `${text(member)}: ${neutral[kind]}, // choose what it is`);
  return [
    ...(renamed.has(model) ? [`renameTo: ${text(`${entity.app}.${entity.name}`)},`] : []),
    ...(columns.length === 0 ? [] : ['columns: {', ...indented(columns), '},']),
    ...(defaults.length === 0 ? [] : ['defaults: {', ...indented(defaults), '},']),
  ];
}

/** Whether a column of the target leads where an archived one does; undefined for one that leads nowhere. */
function leadingTo(
  header: ArchiveHeader,
  schema: Schema,
  renamed: ReadonlyMap<string, Entity>,
  { references }: ArchiveEntity,
  name: string,
): ((entity: Entity, column: string) => boolean) | undefined {
  const own = references.find(({ columns }) => columns.includes(name));
  if (own === undefined) return undefined;
  const parent = renamed.get(own.parent)?.model ?? targetEntity(schema, header, own.parent)?.model;
  const place = own.columns.indexOf(name);
  return ({ model }, column) =>
    schema.references.some((one) => one.child === model && one.parent === parent && one.columns[place] === column);
}

/** Columns of both, as an import finds them: by name, else by property. */
function matched(described: ArchiveEntity, entity: Entity): readonly (readonly [member: string, column: Column])[] {
  const named = new Set(Object.values(described.columns).map(({ name }) => name));
  return Object.entries(described.columns).flatMap(([member, { name, property }]) => {
    const found =
      entity.columns.find((one) => one.name === name) ??
      entity.columns.find((one) => property !== undefined && one.property === property && !named.has(one.name));
    return found === undefined ? [] : [[member, found] as const];
  });
}

function linkLines(
  { entities }: ArchiveHeader,
  schema: Schema,
  renamed: ReadonlyMap<string, Entity>,
  { links }: ArchiveEntity,
  entity: Entity,
): readonly string[] {
  const own = schema.links.filter(({ owner }) => owner.parent === entity.model);
  const tableOf = (through: string): string => schema.entities.get(through)?.table.name ?? '';
  const isKnown = (member: string, table: string): boolean =>
    own.some((link) => link.member === member || tableOf(link.through) === table);
  const free = own.filter(
    ({ member, through }) =>
      !Object.hasOwn(links, member) && !Object.values(links).some(({ table }) => table === tableOf(through)),
  );
  return Object.entries(links).flatMap(([member, { model, table }]) => {
    if (isKnown(member, table)) return [];
    const inverse = renamed.get(model)?.model ?? targetEntity(schema, { entities }, model)?.model;
    const [other, ...others] = free.filter((link) => link.inverse.parent === inverse);
    const isClear = other !== undefined && others.length === 0;
    return [`${text(member)}: ${isClear ? `{ rename: ${text(other.member)} }` : '{ drop: true }'},`];
  });
}

/** A model of the target that nothing in the archive has, and that has most of the columns. */
function likeEntity(
  { entities }: Schema,
  model: string,
  described: ArchiveEntity,
  taken: ReadonlySet<string>,
): Entity | undefined {
  const names = Object.values(described.columns).map(({ name }) => name);
  const shared = (entity: Entity): number => names.filter((name) => entity.columns.some((one) => one.name === name)).length;
  const candidates = [...entities.values()].filter(
    (entity) => entity.role === 'object' && !taken.has(entity.model) && entity.key.length === described.key.length,
  );
  const near = new Set(
    nearestNames(
      model,
      candidates.map((entity) => entity.model),
    ),
  );
  const likely = candidates.filter((entity) => near.has(entity.model) || shared(entity) * 2 > names.length);
  return likely.sort((a, b) => shared(b) - shared(a) || (a.model < b.model ? -1 : 1))[0];
}

/** The nearest name among columns of that type, or the only one. */
function likeColumn(told: ArchiveColumn, member: string, free: readonly Column[]): Column | undefined {
  const alike = free.filter(({ type }) => type === told.type);
  const [nearest] = nearestNames(
    member,
    alike.map((column) => column.member),
    1,
  );
  return alike.find((column) => column.member === nearest) ?? (alike.length === 1 ? alike[0] : undefined);
}

/** As values of a policy. */
const neutral: Readonly<Record<ValueKind, string>> = Object.freeze({ integer: '0', number: '0', boolean: 'false', text: "''" });

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
