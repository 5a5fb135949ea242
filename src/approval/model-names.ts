import type { Problems } from '../schema/problems.js';
import { resolveModel } from '../schema/resolve-model.js';
import type { Entity, Schema } from '../schema/schema.js';

/** The models that a name of an approval means: one, or where `*` stands in it those that it fits, whatever the case. */
export function modelsNamed(schema: Schema, where: string, text: string, problems: Problems): readonly Entity[] {
  if (!text.includes('*')) {
    const entity = problems.attempt(where, () => resolveModel(schema, text));
    return entity === undefined ? [] : [entity];
  }
  const pattern = new RegExp(`^${text.split('*').map(escaped).join('.*')}$`, 'iu');
  const objects = [...schema.entities.values()].filter(({ role }) => role === 'object');
  return objects.filter(({ app, name, table }) =>
    [`${app}.${name}`, `${table.schema}.${table.name}`].some((one) => pattern.test(one)),
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&');
}
