import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { Column, Entity, Schema } from '../schema/schema.js';
import type { TargetModel } from './target.js';

/**
 * SHA-256 over what decides of the tables that an archive concerns: another shape of theirs can make other decisions.
 *
 * @param of the archive's own models: others are there for placeholders, and come and go with rows
 */
export function targetDigest(schema: Schema, all: ReadonlyMap<string, TargetModel>, of: ReadonlySet<string>): string {
  const targets = new Map([...all].filter(([model]) => of.has(model)));
  const models = new Set([...targets.values()].map(({ entity }) => entity.model));
  const own = schema.links.filter(({ owner, inverse }) => models.has(owner.parent) || models.has(inverse.parent));
  const through = new Set(own.map((link) => link.through));
  const facts = {
    models: [...targets.values()].map(({ model, entity, strategy, merge, columns, written }) => ({
      ...{ model, strategy, merge: merge ?? null, entity: shapeOf(entity) },
      columns: columns.map(({ member, column, archiveType }) => [member, column.name, archiveType]),
      written: written.map(({ member }) => member),
    })),
    joinTables: [...schema.entities.values()].filter((entity) => through.has(entity.model)).map(shapeOf),
    references: schema.references
      .filter(({ child, parent }) => models.has(child) || models.has(parent) || through.has(child))
      .map(({ name, columns, parent, parentColumns, constraint, when, asText, follow }) => ({
        ...{ name, columns, parent, parentColumns, constraint: constraint ?? null, when: when ?? null },
        ...{ asText: asText ?? null, onDelete: follow.onDelete ?? null },
      })),
  };
  return createHash('sha256').update(stringify(facts)).digest('hex');
}

/** Without what only an estimate says. */
function shapeOf({ table, key, columns, uniques, exclusions, naturalKey, triggers }: Entity): unknown {
  return { table, key, columns: columns.map(columnShape), uniques, exclusions, naturalKey, triggers };
}

function columnShape({
  name,
  member,
  type,
  collation,
  nullable,
  default: preset,
  generated,
  identity,
  sequence,
}: Column): unknown {
  return { name, member, type, collation, nullable, preset, generated, identity, sequence };
}
