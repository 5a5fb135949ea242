import type { JournalEntity, JournalHeader } from '../changes/journal.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Column, Entity, Schema } from '../schema/schema.js';

/** A table of the journal as it is in the database. */
export interface UndoModel {
  /** As the journal calls it. */
  readonly model: string;
  readonly entity: Entity;
  readonly key: readonly string[];
  /** Those that the journal has, in its order. */
  readonly columns: readonly Column[];
}

/** @throws RefusedError SCHEMA_DRIFT with all that changed since the journal was written */
export function undoModels(schema: Schema, { entities }: JournalHeader): ReadonlyMap<string, UndoModel> {
  const problems: string[] = [];
  const models = new Map<string, UndoModel>();
  for (const [model, told] of Object.entries(entities)) {
    const entity = [...schema.entities.values()].find(({ table }) => table.schema === told.schema && table.name === told.table);
    if (entity === undefined) {
      problems.push(`${model}: there is no table ${told.schema}.${told.table}, or it takes no part (policy: models)`);
      continue;
    }
    models.set(model, { model, entity, key: told.key, columns: columnsOf(model, told, entity, problems) });
  }
  if (problems.length === 0) return models;
  const list = problems.map((problem) => `- ${problem}`).join('\n');
  throw new RefusedError('SCHEMA_DRIFT', `the schema is not what it was when the journal was written:\n${list}`, {
    hint: 'Nothing was taken back. Migrate the schema back first, or take back by hand.',
  });
}

function columnsOf(model: string, { columns }: JournalEntity, entity: Entity, problems: string[]): readonly Column[] {
  return Object.entries(columns).flatMap(([member, told]) => {
    const column = entity.columns.find(({ name }) => name === told.name);
    if (column === undefined) problems.push(`${model}.${member}: there is no such column any more`);
    else if (column.type !== told.type) problems.push(`${model}.${member}: is ${column.type}, and was ${told.type}`);
    else return [{ ...column, member }];
    return [];
  });
}
