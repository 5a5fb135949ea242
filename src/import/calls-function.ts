import type { Column } from '../schema/schema.js';

/** Whether the column's default calls a function of the application, which the server names with its schema: it can do anything. */
export function callsFunction(column: Column): boolean {
  return /[\w"]\.("([^"]|"")+"|\w+)\(/u.test(column.default ?? '');
}
