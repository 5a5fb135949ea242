import type { ArchiveEntity } from '../archive/archive.js';
import type { DraftReference, DraftTable } from './draft.js';
import { edgeId, hasColumns, hasComparableTypes, idTypes } from './draft-references.js';

/**
 * References that an archive tells of and that nothing here shows: the policy of the export declared them, or the constraint is missing. What
 * they hold are keys all the same, which no import may take for plain values.
 */
export function archivedReferences(
  tables: readonly DraftTable[],
  entities: Readonly<Record<string, ArchiveEntity>>,
  known: readonly DraftReference[],
): readonly DraftReference[] {
  const ids = new Set(known.map(edgeId));
  const found: DraftReference[] = [];
  for (const [model, { references }] of Object.entries(entities)) {
    const child = tableOf(tables, entities, model);
    for (const { columns, parent: parentModel, parentColumns, when } of references) {
      const parent = tableOf(tables, entities, parentModel);
      if (child === undefined || parent === undefined || columns.length !== parentColumns.length) continue;
      if (!hasColumns(child, columns) || !hasColumns(parent, parentColumns)) continue;
      if (when !== undefined && !hasColumns(child, [when.column])) continue;
      const edge: DraftReference = {
        ...{ child, columns, parent, parentColumns, when },
        property: undefined,
        source: 'declared',
        constraint: undefined,
        describesParent: false,
      };
      if (ids.has(edgeId(edge)) || (!hasComparableTypes(edge) && idTypes(edge) === undefined)) continue;
      ids.add(edgeId(edge));
      found.push(edge);
    }
  }
  return found;
}

/** As the import finds the target of a model: by the name of an entity, else by table. */
function tableOf(
  tables: readonly DraftTable[],
  entities: Readonly<Record<string, ArchiveEntity>>,
  model: string,
): DraftTable | undefined {
  const told = entities[model];
  return (
    tables.find((one) => one.metadata !== undefined && one.name.model === model) ??
    tables.find(({ table }) => table.schema === told?.schema && table.name === told.table)
  );
}
