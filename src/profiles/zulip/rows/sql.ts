import type { Selection } from './selection.js';

/** A list of keys as SQL, of which none is true of an empty one. */
export function keys(values: readonly number[]): string {
  return values.length === 0 ? '(NULL)' : `(${values.join(', ')})`;
}

export function table({ schema }: Selection, name: string): string {
  return `${schema}.zerver_${name}`;
}

export function allOf(conditions: readonly string[]): string {
  return conditions.map((one) => `(${one})`).join(' AND ');
}

export function anyOf(conditions: readonly string[]): string {
  return conditions.map((one) => `(${one})`).join(' OR ');
}
