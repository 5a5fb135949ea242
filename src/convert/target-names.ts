import type { ArchiveColumn, ArchiveHeader, ArchiveLink } from '../archive/archive.js';
import { findColumn } from '../schema/resolve-column.js';
import { findModels } from '../schema/resolve-model.js';
import type { Entity, Schema } from '../schema/schema.js';
import { targetEntity } from '../schema/target-entity.js';

/** What the target calls a model; what it has not got is what another converter goes on with, and is taken as it is written. */
export function renamedModel(schema: Schema, text: string): { readonly model: string; readonly entity: Entity | undefined } {
  const [entity, ...others] = findModels(schema, text);
  return entity === undefined || others.length > 0
    ? { model: text.toLowerCase(), entity: undefined }
    : { model: entity.model, entity };
}

/** Names of the target for one model of a converted archive. */
export class TargetNames {
  readonly entity: Entity | undefined;
  readonly #schema: Schema;

  constructor(schema: Schema, entity: Entity | undefined) {
    this.#schema = schema;
    this.entity = entity;
  }

  static of(schema: Schema, header: ArchiveHeader, model: string): TargetNames {
    return new TargetNames(schema, targetEntity(schema, header, model));
  }

  /** How the target tells of a column of that name. */
  column(text: string): {
    readonly member: string;
    readonly told: Pick<ArchiveColumn, 'name' | 'property'>;
    readonly type?: string;
  } {
    const found = this.entity === undefined ? undefined : findColumn(this.entity, text);
    if (found === undefined) return { member: text, told: { name: text } };
    const { member, name, property, type } = found;
    return { member, told: { name, ...(property === undefined ? {} : { property }) }, type };
  }

  /** The same of a many-to-many relation. */
  link(text: string): { readonly member: string; readonly through: Partial<Omit<ArchiveLink, 'model'>> } {
    const own = this.#schema.links.filter(({ owner }) => owner.parent === this.entity?.model);
    const found =
      own.find(({ member }) => member === text) ?? own.find(({ member }) => member.toLowerCase() === text.toLowerCase());
    const table = found === undefined ? undefined : this.#schema.entities.get(found.through)?.table;
    if (found === undefined || table === undefined) return { member: found?.member ?? text, through: {} };
    const { owner, inverse } = found;
    const through = { schema: table.schema, table: table.name, ownerColumns: owner.columns, inverseColumns: inverse.columns };
    return { member: found.member, through };
  }
}
