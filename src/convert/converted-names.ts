import type { ArchiveHeader } from '../archive/archive.js';
import { joinAssignments, splitAssignments } from '../seeds/assignments.js';
import type { Conversion } from './conversion.js';

/** `model.rest`: models have dots, so that the longest that an archive knows is meant. */
export function splitName({ entities }: ArchiveHeader, name: string): readonly [model: string, rest: string] {
  const found = Object.keys(entities).filter((model) => name.startsWith(`${model}.`));
  const model = found.reduce((longest, one) => (one.length > longest.length ? one : longest), '');
  return model === '' ? ['', name] : [model, name.slice(model.length + 1)];
}

/** What an object is called after; undefined where it stays out. */
export function convertedObjectName({ before, after, models }: Conversion, name: string): string | undefined {
  const [model, rest] = splitName(before, name);
  const conversion = models.get(model);
  if (conversion === undefined) return name;
  const { to } = conversion;
  if (to === undefined) return undefined;
  const [own, other] = [before.entities[model], after.entities[to]];
  const assignments = own === undefined || own.key.length < 2 ? undefined : splitAssignments(rest);
  if (own === undefined || other === undefined || assignments === undefined) return `${to}.${rest}`;
  const names = new Map(own.key.map((column, at) => [keyName(own, column), keyName(other, other.key[at] ?? '')]));
  return `${to}.${joinAssignments(assignments.map(([column, text]) => [names.get(column) ?? column, text]))}`;
}

/** Key columns stand in names by their properties. */
function keyName({ columns }: ArchiveHeader['entities'][string], name: string): string {
  return Object.values(columns).find((column) => column.name === name)?.property ?? name;
}
