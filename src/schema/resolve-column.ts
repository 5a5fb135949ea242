import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import type { Column, Entity } from './schema.js';

/** The column that a name means: by member, property or database name; exactly, then without case. */
export function findColumn(entity: Entity, text: string): Column | undefined {
  for (const fold of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    for (const pick of [
      (column: Column) => column.member,
      (column: Column) => column.property ?? '',
      (column: Column) => column.name,
    ]) {
      const found = entity.columns.find((column) => fold(pick(column)) === fold(text));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** @throws UsageError UNKNOWN_COLUMN with the nearest names */
export function resolveColumn(entity: Entity, text: string): Column {
  const found = findColumn(entity, text);
  if (found !== undefined) return found;
  const names = entity.columns.map((column) => column.member);
  throw new UsageError('UNKNOWN_COLUMN', `${entity.app}.${entity.name} has no column "${text}"`, {
    hint: didYouMean(text, names) ?? `Known: ${names.join(', ')}`,
  });
}
