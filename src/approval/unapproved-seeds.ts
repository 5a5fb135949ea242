import type { Approval } from '../policy/approval.js';
import type { Problems } from '../schema/problems.js';
import { findModels } from '../schema/resolve-model.js';
import type { Schema } from '../schema/schema.js';
import type { ObjectName } from '../seeds/object-name.js';
import { kindsOf, parseObjectName } from '../seeds/object-name.js';

/** Which objects a name of an approval means: one, by its key or other columns, or any of a model or of some of its kinds. */
type ApprovedSeed = Pick<ObjectName, 'entity' | 'kinds'> & Partial<Pick<ObjectName, 'columns' | 'values'>>;

/**
 * Objects that may not be asked for, a line each. Names are compared as they are written: what row one means is not looked up.
 *
 * @throws as {@link parseObjectName}, for objects
 */
export function unapprovedSeeds(
  schema: Schema,
  objects: readonly string[],
  { seeds }: Approval,
  problems: Problems,
): readonly string[] {
  if (seeds === undefined) return [];
  const approved = seeds.flatMap((text) => problems.attempt('approval.seeds', () => approvedSeed(schema, text)) ?? []);
  return objects
    .map((text) => parseObjectName(schema, text))
    .filter((asked) => !approved.some((one) => means(one, asked)))
    .map(({ text }) => `seeds: ${text} may not be asked for`);
}

function approvedSeed(schema: Schema, text: string): ApprovedSeed {
  const [entity, ...others] = findModels(schema, text);
  if (entity !== undefined && others.length === 0) return { entity, kinds: kindsOf(entity, text) };
  return parseObjectName(schema, text);
}

function means({ entity, kinds, columns, values }: ApprovedSeed, asked: ObjectName): boolean {
  if (entity.model !== asked.entity.model) return false;
  if (kinds !== undefined && asked.kinds?.every((kind) => kinds.includes(kind)) !== true) return false;
  if (columns === undefined || values === undefined) return true;
  const written = assigned(columns, values);
  const wanted = assigned(asked.columns, asked.values);
  return written.length === wanted.length && written.every((one, at) => one === wanted[at]);
}

function assigned(columns: ObjectName['columns'], values: readonly string[]): readonly string[] {
  return columns.map(({ name }, at) => JSON.stringify([name, values[at]])).sort();
}
