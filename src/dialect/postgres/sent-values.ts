import type { Column } from '../../schema/schema.js';

/**
 * Types of which an array can be sent and unnested as it is: one of arrays would come apart into their elements, one of composite values
 * into their columns, and some types are not separated by commas. Those of users are written with their schema, and so are none of these.
 */
const simple: ReadonlySet<string> = new Set(
  [
    ['bigint', 'numeric', 'real', 'double precision', 'boolean', 'uuid', 'bytea', 'date', 'inet'],
    ['text', 'character varying', 'bpchar', 'timestamp without time zone', 'timestamp with time zone'],
  ].flat(),
);

/** The type of the elements of an array in which values of a column are sent. */
export function sentType({ lookupType }: Column): string {
  return simple.has(lookupType) ? lookupType : 'pg_catalog.text';
}

/** One of them, unnested, as the column's own type. */
export function sentValue({ lookupType }: Column, value: string): string {
  return simple.has(lookupType) ? value : `${value}::${lookupType}`;
}
