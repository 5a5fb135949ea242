import type { Column, Entity } from '../schema/schema.js';

/**
 * Builds the statement that finds rows by column texts: `texts[c][i]` is the text of column c for the i-th row asked for.
 * With `kinds`, only rows count whose discriminator is one of these.
 * Its result rows are the ordinal (from 1) and the key's texts. A text that is no value of its type fails with INVALID_VALUE.
 */
export type SeedLookup = (
  entity: Entity,
  columns: readonly Column[],
  texts: readonly (readonly (string | null)[])[],
  kinds?: readonly string[],
) => { readonly sql: string; readonly parameters: readonly string[] };
