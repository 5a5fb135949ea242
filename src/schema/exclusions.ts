import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import type { EdgeOfWorld } from '../policy/policy.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { findColumn } from './resolve-column.js';
import { findModels } from './resolve-model.js';
import type { Entity, Schema } from './schema.js';

/** Models that stay out, by model, and what to do where one of their rows is needed. */
export function excludedModels(schema: Schema, policy: ParsedPolicy): ReadonlyMap<string, EdgeOfWorld> {
  const models = new Map<string, EdgeOfWorld>();
  for (const [text, action] of Object.entries(policy.exclude ?? {})) {
    const target = targetOf(schema.entities, text);
    if (target.column === undefined) models.set(target.entity.model, action);
  }
  return models;
}

/** Columns that stay out, as `model NUL column`. */
export function excludedColumns(entities: ReadonlyMap<string, Entity>, policy: ParsedPolicy): ReadonlySet<string> {
  const columns = new Set<string>();
  for (const text of Object.keys(policy.exclude ?? {})) {
    const { entity, column } = targetOf(entities, text);
    if (column === undefined) continue;
    if (entity.key.includes(column)) {
      throw new UsageError('EXCLUDED_KEY', `--exclude ${text}: ${column} is part of the key of ${entity.model}, without which its rows have no name`);
    }
    columns.add(`${entity.model}\0${column}`);
  }
  return columns;
}

/** A two-part name is tried as `app.Model`, then as `Model.field`; where both are there, the user has to say which. */
function targetOf(entities: ReadonlyMap<string, Entity>, text: string): { readonly entity: Entity; readonly column: string | undefined } {
  const schema: Schema = { entities, references: [], links: [] };
  const asModel = findModels(schema, text);
  const dot = text.lastIndexOf('.');
  const owners = dot < 0 ? [] : findModels(schema, text.slice(0, dot));
  const asColumn = owners.flatMap((entity) => {
    const column = findColumn(entity, text.slice(dot + 1));
    return column === undefined ? [] : [{ entity, column: column.name }];
  });
  const found = [...asModel.map((entity) => ({ entity, column: undefined })), ...asColumn];
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) {
    const names = found.map(({ entity, column }) => (column === undefined ? `the model ${entity.model}` : `the column ${entity.model}.${column}`));
    throw new UsageError('MODEL_AMBIGUOUS', `"${text}" can mean ${names.join(' or ')}`, { hint: 'Write it with its app: app.Model or app.Model.field.' });
  }
  const [owner] = owners;
  if (owner !== undefined) {
    const members = owner.columns.map((column) => column.member);
    throw new UsageError('UNKNOWN_COLUMN', `${owner.app}.${owner.name} has no column "${text.slice(dot + 1)}"`, { hint: didYouMean(text.slice(dot + 1), members) });
  }
  const names = [...entities.values()].flatMap((entity) => [`${entity.app}.${entity.name}`, entity.name]);
  throw new UsageError('UNKNOWN_MODEL', `there is no model or column "${text}"`, { hint: didYouMean(text, names) });
}
