import type { Entity } from './schema.js';

/** Whether a key of the entity stands as a number, not as a text. */
export function hasIntegerKey({ key, columns }: Pick<Entity, 'key' | 'columns'>): boolean {
  return key.length === 1 && columns.find(({ name }) => name === key[0])?.kind === 'integer';
}
