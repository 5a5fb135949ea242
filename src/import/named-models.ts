import { columnNamed } from '../dialect/postgres/sql.js';
import type { Schema } from '../schema/schema.js';
import type { NamedModel } from './object-named.js';
import type { TargetModel } from './target.js';

/** The models of an archive, and the target's beside them, as id maps name them: each by its entity. */
export function namedModels(schema: Schema, targets: ReadonlyMap<string, TargetModel>): (name: string) => NamedModel | undefined {
  const known = new Map<string, NamedModel>();
  return (name) => {
    const before = known.get(name);
    const entity = targets.get(name)?.entity ?? schema.entities.get(name);
    if (before !== undefined || entity === undefined) return before;
    const key = entity.key.map((one) => {
      const { property, member, kind } = columnNamed(entity, one);
      return { names: [property, one, member], kind };
    });
    const named = { name: entity.model, key };
    known.set(name, named);
    return named;
  };
}
