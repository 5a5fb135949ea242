import { didYouMean, nearestNames } from '../errors/nearest-names.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import type { EdgeOfWorld } from '../policy/policy.js';
import { splitsOf } from './find-by-name.js';
import { Problems } from './problems.js';
import { findColumn } from './resolve-column.js';
import { findModels } from './resolve-model.js';
import type { Entity, Schema } from './schema.js';

/** Models that stay out, by model, and what to do where one of their rows is needed. */
export function excludedModels(schema: Schema, policy: ParsedPolicy): ReadonlyMap<string, EdgeOfWorld> {
  const models = new Map<string, EdgeOfWorld>();
  const problems = new Problems();
  for (const [text, action] of Object.entries(policy.exclude ?? {})) {
    const target = targetOf(schema.entities, text, problems);
    if (target !== undefined && target.column === undefined) models.set(target.entity.model, action);
  }
  problems.throwAny();
  return models;
}

/** Columns that stay out, as {@link columnId}s. */
export function excludedColumns(
  entities: ReadonlyMap<string, Entity>,
  policy: ParsedPolicy,
  problems: Problems,
): ReadonlySet<string> {
  const columns = new Set<string>();
  for (const [text, action] of Object.entries(policy.exclude ?? {})) {
    const target = targetOf(entities, text, problems);
    if (target?.column === undefined) continue;
    const { entity, column } = target;
    if (entity.key.includes(column)) {
      problems.add('EXCLUDED_KEY', `exclude: ${text} is part of the key of ${entity.model}, without which its rows have no name`);
    }
    if (action !== 'error') problems.add('POLICY_INVALID', `exclude: "${action}" is for models; ${text} is a column`);
    columns.add(`${entity.model}\0${column}`);
  }
  return columns;
}

/** The columns that `Model.field` names, as pairs of model and column name. */
export function findColumns(
  entities: ReadonlyMap<string, Entity>,
  where: string,
  text: string,
  problems: Problems,
): readonly (readonly [model: string, column: string])[] {
  const found = columnsOf(entities, text).map(({ entity, column }) => [entity.model, column] as const);
  if (found.length === 1) return found;
  if (found.length > 1)
    problems.add(
      'MODEL_AMBIGUOUS',
      `${where}: "${text}" can mean ${found.map((pair) => pair.join('.')).join(' or ')}`,
      'Write the app too.',
    );
  else reportUnknown(entities, where, text, problems);
  return [];
}

/** `Model.field`, whose field may be the path of an embedded one. */
function columnsOf(
  entities: ReadonlyMap<string, Entity>,
  text: string,
): readonly { readonly entity: Entity; readonly column: string }[] {
  return splitsOf(text).flatMap(([owner, field]) =>
    findModels({ entities }, owner).flatMap((entity) => {
      const column = findColumn(entity, field);
      return column === undefined ? [] : [{ entity, column: column.name }];
    }),
  );
}

interface Target {
  readonly entity: Entity;
  readonly column: string | undefined;
}

/** A two-part name is tried as `app.Model`, then as `Model.field`; where both are there, the user has to say which. */
function targetOf(entities: ReadonlyMap<string, Entity>, text: string, problems: Problems): Target | undefined {
  const found: readonly Target[] = [
    ...findModels({ entities }, text).map((entity) => ({ entity, column: undefined })),
    ...columnsOf(entities, text),
  ];
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const names = found.map(({ entity, column }) =>
      column === undefined ? `the model ${entity.model}` : `the column ${entity.model}.${column}`,
    );
    problems.add(
      'MODEL_AMBIGUOUS',
      `exclude: "${text}" can mean ${names.join(' or ')}`,
      'Write it with its app: app.Model or app.Model.field.',
    );
  } else reportUnknown(entities, 'exclude', text, problems);
  return undefined;
}

function reportUnknown(entities: ReadonlyMap<string, Entity>, where: string, text: string, problems: Problems): void {
  const [[owner, field] = []] = splitsOf(text).flatMap(([name, rest]) =>
    findModels({ entities }, name).map((entity) => [entity, rest] as const),
  );
  if (owner !== undefined && field !== undefined) {
    const hint = didYouMean(
      field,
      owner.columns.map((column) => column.member),
    );
    problems.add('UNKNOWN_COLUMN', `${where}: ${owner.app}.${owner.name} has no column "${field}"`, hint);
    return;
  }
  const names = [...entities.values()].flatMap((entity) => [`${entity.app}.${entity.name}`, entity.name]);
  const withField = splitsOf(text).flatMap(([name, rest]) => nearestNames(name, names).map((near) => `${near}.${rest}`));
  problems.add(
    'UNKNOWN_MODEL',
    `${where}: there is no model or column "${text}"`,
    didYouMean(text, names) ?? didYouMean(text, withField),
  );
}
