import { RefusedError } from '../errors/portolan-error.js';
import type { Entity } from '../schema/schema.js';

/** Rows that belong to an export, but that nothing tells apart. */
export function noRowIdentity(entity: Entity, via: string): RefusedError {
  return new RefusedError(
    'NO_ROW_IDENTITY',
    `${entity.model} has rows that belong to the export (by ${via}), but no primary key and no other unique row identity`,
    {
      hint: `Name the columns that identify a row in the policy (models: { '${entity.model}': { key: [...] } }), or leave the table out with --exclude ${entity.model}.`,
    },
  );
}
