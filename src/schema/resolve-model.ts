import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import type { Nameable } from './find-by-name.js';
import { findByName } from './find-by-name.js';
import type { Entity, Schema } from './schema.js';

/** Models that a name means: see {@link findByName}. */
export function findModels(schema: Pick<Schema, 'entities'>, text: string): readonly Entity[] {
  const entities = [...schema.entities.values()].filter((entity) => entity.role === 'object');
  return findByName(entities, nameable, text);
}

/** @throws UsageError UNKNOWN_MODEL with the nearest names, MODEL_AMBIGUOUS with the candidates */
export function resolveModel(schema: Schema, text: string): Entity {
  const found = findModels(schema, text);
  const [entity] = found;
  if (entity === undefined) throw unknownModel(schema, text);
  if (found.length > 1) {
    throw new UsageError('MODEL_AMBIGUOUS', `"${text}" can mean ${found.map(fullName).join(' or ')}`, {
      hint: 'Write the app too.',
    });
  }
  return entity;
}

function nameable({ app, name, table, aliases = [] }: Entity): Nameable {
  return { app, name, schema: table.schema, table: table.name, aliases };
}

function fullName(entity: Entity): string {
  return `${entity.app}.${entity.name}`;
}

function unknownModel(schema: Schema, text: string): UsageError {
  const entities = [...schema.entities.values()].filter((entity) => entity.role === 'object');
  const links = [...schema.entities.values()].filter((entity) => entity.role === 'link');
  if (findByName(links, nameable, text).length > 0) {
    return new UsageError('UNKNOWN_MODEL', `"${text}" is a join table: its rows have no names`, {
      hint: 'Name an object that it links.',
    });
  }
  if (entities.length === 0) {
    return new UsageError(
      'UNKNOWN_MODEL',
      `there is no model "${text}": the data source has no entities with a table in this database`,
      {
        hint: 'Does the pattern of its entities match files (compiled ones?), and is this the right database? A policy can name tables: models.',
      },
    );
  }
  const [app = ''] = text.split('.');
  const apps = new Set(entities.map((entity) => entity.app));
  if (text.includes('.') && ![...apps].some((known) => known.toLowerCase() === app.toLowerCase())) {
    return new UsageError('UNKNOWN_APP', `there is no app "${app}"`, {
      hint: didYouMean(text, entities.map(fullName)) ?? `Known: ${[...apps].sort().join(', ')}`,
    });
  }
  const names = entities.flatMap((entity) => (text.includes('.') ? [fullName(entity)] : [entity.name, fullName(entity)]));
  return new UsageError('UNKNOWN_MODEL', `there is no model "${text}"`, {
    hint: didYouMean(text, names) ?? `Known: ${entities.map(fullName).sort().slice(0, 20).join(', ')}`,
  });
}
