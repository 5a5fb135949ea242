import { keyTexts } from '../closure/key.js';
import { seedLookup } from '../dialect/postgres/seed-lookup.js';
import type { Session } from '../dialect/session.js';
import { RefusedError, UsageError } from '../errors/portolan-error.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Entity, Schema } from '../schema/schema.js';
import { findSeeds } from '../seeds/find-seeds.js';
import type { ClaimOptions } from './claim-options.js';
import type { ClaimedRows } from './claimed-rows.js';
import { lockRows } from './claimed-rows.js';
import type { ClaimedRow } from './marked-placeholders.js';
import { proveMarked } from './marked-placeholders.js';

/** Both rows, as they are called everywhere. */
export interface NamedRows extends ClaimedRows {
  readonly names: { readonly placeholder: string; readonly object: string };
}

/**
 * Finds both rows, locks them, and proves that the one is a placeholder.
 *
 * @throws RefusedError NO_PLACEHOLDER, CONCURRENT_CHANGE; UsageError UNKNOWN_OBJECT, CLAIM_UNLIKE, ID_MAP_INVALID
 */
export async function findClaimedRows(
  session: Session,
  schema: Schema,
  { placeholder, object, idMap }: ClaimOptions,
): Promise<NamedRows> {
  const [one, other] = [await findRow(session, schema, placeholder), await findRow(session, schema, object)];
  if (one.entity !== other.entity)
    throw new UsageError('CLAIM_UNLIKE', `${one.name} and ${other.name} are of two models: none can be the other`);
  if (one.name === other.name) throw new UsageError('CLAIM_UNLIKE', `${one.name} is itself already`);
  refuseTrees(one.entity);
  const rows = {
    entity: one.entity,
    placeholder: one.texts,
    object: other.texts,
    names: { placeholder: one.name, object: other.name },
  };
  if ((await lockRows(session, rows)) < 2) throw new RefusedError('CONCURRENT_CHANGE', 'one of the rows has gone meanwhile');
  await proveMarked(session, schema, idMap, one);
  return rows;
}

async function findRow(session: Session, schema: Schema, text: string): Promise<ClaimedRow> {
  const { byModel, names } = await findSeeds(session, seedLookup, schema, [text]);
  for (const [model, keys] of byModel)
    for (const key of keys.sorted()) return { entity: entityNamed(schema, model), name: names[0] ?? text, texts: keyTexts(key) };
  throw new TypeError(`${text} was found and has no key`);
}

/** Paths and numbers of a tree hold keys that no reference shows. */
function refuseTrees({ model, materializedPath, nestedSet }: Entity): void {
  if (materializedPath === undefined && nestedSet === undefined) return;
  throw new UsageError('CLAIM_UNLIKE', `${model} is a tree: a node cannot become another with all below it`);
}
