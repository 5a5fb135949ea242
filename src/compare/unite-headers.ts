import stringify from 'fast-json-stable-stringify';
import type { ArchiveColumn, ArchiveEntity, ArchiveHeader, ArchiveReference } from '../archive/archive.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { NamedHeader } from './compare-schemas.js';
import { sameList, unitedOrder } from './united-order.js';

/**
 * The header of several archives in one. A model must be the same in all: what one withholds and another has is neither taken out nor
 * made up.
 *
 * @throws RefusedError ARCHIVES_UNLIKE with every column, relation and reference in which they differ
 */
export function uniteHeaders(named: readonly NamedHeader[]): Omit<ArchiveHeader, 'volatile'> {
  const headers = named.map(({ header }) => header);
  const problems: string[] = [];
  const models = [...new Set(headers.flatMap(({ entities }) => Object.keys(entities)))].sort();
  // Without a prototype: no model is there that is not told, whatever it is called.
  const entities = Object.create(null) as Record<string, ArchiveEntity>;
  for (const model of models) entities[model] = uniteEntities(named, model, problems);
  if (problems.length > 0) {
    throw new RefusedError('ARCHIVES_UNLIKE', `the archives do not go into one:\n- ${problems.join('\n- ')}`, {
      hint: 'Export all of them from databases of one schema, with the same policy, --include-secret and --exclude; or import one after the other: the policy of an import can convert an older one.',
    });
  }
  const policies = new Set(headers.map(({ policy }) => policy));
  return {
    format: 'portolan',
    version: 1,
    entities,
    order: unitedOrder(headers),
    seeds: unitedList(headers.map(({ seeds }) => seeds)),
    roots: unitedList(headers.map(({ roots }) => roots)),
    follow: [...new Set(headers.flatMap(({ follow }) => follow.split(',')))].sort().join(','),
    policy: policies.size === 1 ? (headers[0]?.policy ?? null) : null,
    withheld: unitedWithheld(headers, entities),
    includedSecrets: unitedList(headers.map(({ includedSecrets }) => includedSecrets)),
    ...unitedFacts(headers),
    ...(headers.some(({ edited }) => edited === true) ? { edited: true as const } : {}),
  };
}

/** Columns that hold something else than they say, or secrets, do so where they do in one; of the rest stays what all agree on. */
function unitedFacts(headers: readonly ArchiveHeader[]): Partial<ArchiveHeader> {
  const facts: Partial<Record<keyof ArchiveHeader, unknown>> = {};
  for (const name of ['replaced', 'secrets'] as const) {
    const columns = unitedList(headers.map((header) => header[name] ?? []));
    if (columns.length > 0) facts[name] = columns;
  }
  for (const name of ['approvals', 'profile', 'boundary', 'highlight'] as const) {
    const [first, ...others] = headers.map((header) => header[name]);
    if (first !== undefined && others.every((other) => stringify(other) === stringify(first))) facts[name] = first;
  }
  return facts as Partial<ArchiveHeader>;
}

/** What all agree on stays as it is. */
function unitedList(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = lists;
  return others.every((list) => sameList(list, first)) ? first : [...new Set(lists.flat())].sort();
}

function uniteEntities(named: readonly NamedHeader[], model: string, problems: string[]): ArchiveEntity {
  const all = named.flatMap(({ name, header }) => {
    const entity = header.entities[model];
    return entity === undefined ? [] : [{ name, header, entity }];
  });
  // One that has no object of it says of what its external objects are, and nothing more.
  const having = all.filter(({ header }) => header.order.includes(model));
  const [first, ...others] = having.length > 0 ? having : all;
  if (first === undefined) throw new TypeError(`no header has ${model}`);
  for (const { name, entity } of all) {
    const { schema, table, key } = first.entity;
    if (entity.schema !== schema || entity.table !== table)
      problems.push(`${model}: is ${schema}.${table} in ${first.name}, ${entity.schema}.${entity.table} in ${name}`);
    else if (!sameList(keyOf(entity), keyOf(first.entity)))
      problems.push(`${model}: its key is (${key.join(', ')}) in ${first.name}, (${entity.key.join(', ')}) in ${name}`);
  }
  for (const other of others) {
    differingColumns(model, first, other, problems);
    differingLinks(model, first, other, problems);
  }
  const entities = [first, ...others].map(({ entity }) => entity);
  const references = unitedReferences(
    model,
    entities.map((entity) => entity.references),
    problems,
  );
  const inner = unitedReferences(
    model,
    entities.map((entity) => entity.inner ?? []),
    problems,
  );
  const mentions = unitedReferences(
    model,
    entities.map((entity) => entity.mentions ?? []),
    problems,
  );
  return {
    ...first.entity,
    ...{ columns: unitedColumns(entities), references },
    ...(inner.length === 0 ? {} : { inner }),
    ...(mentions.length === 0 ? {} : { mentions }),
  };
}

interface Described extends NamedHeader {
  readonly entity: ArchiveEntity;
}

function differingColumns(model: string, first: Described, other: Described, problems: string[]): void {
  for (const member of new Set([...Object.keys(first.entity.columns), ...Object.keys(other.entity.columns)])) {
    const name = `${model}.${member}`;
    const [mine, theirs] = [columnOf(first.entity, member), columnOf(other.entity, member)];
    if (mine !== undefined && theirs !== undefined) {
      if (formOf(mine) !== formOf(theirs))
        problems.push(`${name}: is ${formOf(mine)} in ${first.name}, ${formOf(theirs)} in ${other.name}`);
      continue;
    }
    const [has, lacks] = mine === undefined ? [other, first] : [first, other];
    const isWithheld = Object.hasOwn(lacks.header.withheld, name);
    problems.push(`${name}: ${isWithheld ? `was withheld from ${lacks.name}, and` : 'only'} ${has.name} has it`);
  }
}

function differingLinks(model: string, first: Described, other: Described, problems: string[]): void {
  for (const member of new Set([...Object.keys(first.entity.links), ...Object.keys(other.entity.links)])) {
    const [mine, theirs] = [first, other].map(({ entity }) =>
      Object.hasOwn(entity.links, member) ? stringify(entity.links[member]) : undefined,
    );
    if (mine !== theirs)
      problems.push(`${model}.${member}: is not the same many-to-many relation in ${first.name} and ${other.name}`);
  }
}

function columnOf({ columns }: ArchiveEntity, member: string): ArchiveColumn | undefined {
  return Object.hasOwn(columns, member) ? columns[member] : undefined;
}

function formOf({ name, type }: ArchiveColumn): string {
  return `${name} ${type}`;
}

function keyOf({ key, columns }: ArchiveEntity): readonly string[] {
  const all = Object.values(columns);
  return key.map((name) => `${name} ${all.find((column) => column.name === name)?.type ?? ''}`);
}

/** A property is what TypeORM calls the column: one that only some archives know is kept. */
function unitedColumns(entities: readonly ArchiveEntity[]): ArchiveEntity['columns'] {
  const [first] = entities;
  return Object.fromEntries(
    Object.entries(first?.columns ?? {}).map(([member, column]) => {
      const [property] = entities.flatMap((entity) => columnOf(entity, member)?.property ?? []).sort();
      return [member, { ...column, ...(property === undefined ? {} : { property }) }];
    }),
  );
}

function unitedReferences<R extends Pick<ArchiveReference, 'name'>>(
  model: string,
  all: readonly (readonly R[])[],
  problems: string[],
): readonly R[] {
  const [first = [], ...others] = all;
  if (others.every((references) => stringify(references) === stringify(first))) return first;
  const byName = new Map<string, R>();
  for (const reference of all.flat()) {
    const known = byName.get(reference.name);
    if (known === undefined) byName.set(reference.name, reference);
    else if (stringify(known) !== stringify(reference))
      problems.push(`${model}: the reference ${reference.name} is not the same in all`);
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function unitedWithheld(
  headers: readonly ArchiveHeader[],
  entities: Readonly<Record<string, ArchiveEntity>>,
): ArchiveHeader['withheld'] {
  const present = new Set(
    Object.entries(entities).flatMap(([model, { columns }]) => Object.keys(columns).map((member) => `${model}.${member}`)),
  );
  const withheld = new Map<string, 'secret' | 'excluded'>();
  for (const [name, reason] of headers.flatMap((header) => Object.entries(header.withheld))) {
    if (!present.has(name) && withheld.get(name) !== 'secret') withheld.set(name, reason);
  }
  return Object.fromEntries([...withheld].sort(([a], [b]) => (a < b ? -1 : 1)));
}
