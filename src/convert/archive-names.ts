import type { ArchiveEntity, ArchiveHeader } from '../archive/archive.js';
import { didYouMean } from '../errors/nearest-names.js';
import type { Nameable } from '../schema/find-by-name.js';
import { findByName } from '../schema/find-by-name.js';
import { converterInvalid } from './converter-invalid.js';

/** The model of an archive that a name means: `app.Model`, `Model`, or by table, whatever the case. @throws UsageError CONVERTER_INVALID where it can mean several */
export function findArchivedModel({ entities }: ArchiveHeader, text: string, where: string): string | undefined {
  return onlyOne(namedModels(Object.entries(entities), text), text, where);
}

/** The same of a model of which the archive has no objects, and which others refer or link to. */
export function findMentionedModel({ entities }: ArchiveHeader, text: string, where: string): string | undefined {
  const mentioned = Object.values(entities).flatMap(({ links, references }) => [
    ...Object.values(links).map(({ model }) => model),
    ...references.map(({ parent }) => parent),
  ]);
  const others = [...new Set(mentioned)].filter((model) => entities[model] === undefined);
  const nameless = others.map((model) => [model, { schema: '', table: '' }] as const);
  return onlyOne(namedModels(nameless, text), text, where);
}

type NamedTable = readonly [model: string, table: Pick<ArchiveEntity, 'schema' | 'table'>];

function namedModels(models: readonly NamedTable[], text: string): readonly string[] {
  const nameable = ([model, { schema, table }]: NamedTable): Nameable => {
    const dot = model.indexOf('.');
    return { app: model.slice(0, dot), name: model.slice(dot + 1), schema, table, aliases: [] };
  };
  return findByName(models, nameable, text).map(([model]) => model);
}

function onlyOne(found: readonly string[], text: string, where: string): string | undefined {
  if (found.length > 1) throw converterInvalid(where, `"${text}" can mean ${found.join(' or ')}`, 'Write the app too.');
  return found[0];
}

/** The member of a model that a name means: a column by member, property or name in the database, a many-to-many relation, or what was withheld. */
export function findArchivedMember(header: ArchiveHeader, model: string, text: string): string | undefined {
  const entity = header.entities[model];
  const columns = Object.entries(entity?.columns ?? {});
  const others = [...Object.keys(entity?.links ?? {}), ...withheldMembers(header, model)];
  for (const fold of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    for (const pick of [
      ([member]: (typeof columns)[number]) => member,
      ([, { property }]: (typeof columns)[number]) => property ?? '',
      ([, { name }]: (typeof columns)[number]) => name,
    ]) {
      const found = columns.find((column) => fold(pick(column)) === fold(text));
      if (found !== undefined) return found[0];
    }
    const other = others.find((member) => fold(member) === fold(text));
    if (other !== undefined) return other;
  }
  return undefined;
}

/** @throws UsageError CONVERTER_INVALID with the nearest names */
export function resolveArchivedMember(header: ArchiveHeader, model: string, text: string, where: string): string {
  const found = findArchivedMember(header, model, text);
  if (found !== undefined) return found;
  const { columns = {}, links = {} } = (header.entities[model] ?? {}) as Partial<ArchiveEntity>;
  const names = [...Object.keys(columns), ...Object.keys(links), ...withheldMembers(header, model)];
  throw converterInvalid(
    where,
    `${model} has no "${text}" in the archive`,
    didYouMean(text, names) ?? `Known: ${names.join(', ')}`,
  );
}

function withheldMembers({ withheld }: ArchiveHeader, model: string): readonly string[] {
  return Object.keys(withheld).flatMap((name) => (name.startsWith(`${model}.`) ? [name.slice(model.length + 1)] : []));
}
