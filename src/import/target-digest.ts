import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import { referenceShape, tableShape } from '../changes/table-shapes.js';
import type { Schema } from '../schema/schema.js';
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
      ...{ model, strategy, merge: merge ?? null, entity: tableShape(entity) },
      columns: columns.map(({ member, column, archiveType }) => [member, column.name, archiveType]),
      written: written.map(({ member }) => member),
    })),
    joinTables: [...schema.entities.values()].filter((entity) => through.has(entity.model)).map(tableShape),
    references: schema.references
      .filter(({ child, parent }) => models.has(child) || models.has(parent) || through.has(child))
      .map(referenceShape),
  };
  return createHash('sha256').update(stringify(facts)).digest('hex');
}
