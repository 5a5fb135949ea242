import type { ArchiveEntity, ArchiveHeader } from '../archive/archive.js';
import { didYouMean } from '../errors/nearest-names.js';
import { findByName } from '../schema/find-by-name.js';
import { converterInvalid } from './converter-invalid.js';

/** The model of an archive that a name means: `app.Model`, `Model`, or by table, whatever the case. @throws UsageError CONVERTER_INVALID where it can mean several */
export function findArchivedModel({ entities }: ArchiveHeader, text: string, where: string): string | undefined {
  const found = findByName(
    Object.entries(entities),
    ([model, { schema, table }]) => {
      const dot = model.indexOf('.');
      return { app: model.slice(0, dot), name: model.slice(dot + 1), schema, table, aliases: [] };
    },
    text,
  );
  if (found.length > 1) {
    const candidates = found.map(([model]) => model).join(' or ');
    throw converterInvalid(where, `"${text}" can mean ${candidates}`, 'Write the app too.');
  }
  return found[0]?.[0];
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
