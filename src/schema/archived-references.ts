import type { ArchiveEntity, ArchiveMention, ArchiveReference } from '../archive/archive.js';
import type { Inside } from '../inside/inside.js';
import { insideOf, mentionedIn } from '../inside/inside.js';
import { refusedInside } from './declared-inside.js';
import type { DraftReference, DraftTable } from './draft.js';
import { refusedMention } from './refused-mention.js';
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
  for (const [model, { references, inner = [], mentions = [] }] of Object.entries(entities)) {
    const child = endOf(tables, entities, model);
    for (const one of [...references, ...inner, ...mentions]) {
      const { columns: held, parent: parentModel, parentColumns: meant, when: told } = one;
      const mention = isMention(one) ? { absent: one.absent } : undefined;
      const inside = mention === undefined ? insideOf(one as Inside) : mentionedIn(one as Inside);
      const parent = endOf(tables, entities, parentModel) ?? (mention === undefined ? undefined : namedEnd(tables, parentModel));
      if (child === undefined || parent === undefined || held.length !== meant.length) continue;
      const [columns, parentColumns] = [child.columns(held), parent.columns(meant)];
      const [column] = told === undefined ? [] : child.columns([told.column]);
      if (!hasColumns(child.table, columns) || !hasColumns(parent.table, parentColumns)) continue;
      if (columns.length !== held.length || parentColumns.length !== meant.length) continue;
      if (told !== undefined && column === undefined) continue;
      const edge: DraftReference = {
        ...{ child: child.table, columns, parent: parent.table, parentColumns },
        when: told === undefined || column === undefined ? undefined : { column, value: told.value },
        property: undefined,
        source: 'declared',
        constraint: undefined,
        describesParent: false,
        ...{ inside, mention },
      };
      if (ids.has(edgeId(edge)) || !isPossible(edge, [...known, ...found])) continue;
      ids.add(edgeId(edge));
      found.push(edge);
    }
  }
  return found;
}

function isMention(one: ArchiveReference | ArchiveMention): one is ArchiveMention {
  return 'absent' in one;
}

function isPossible(edge: DraftReference, others: readonly DraftReference[]): boolean {
  const { inside, mention } = edge;
  if (inside !== undefined && mention !== undefined) return refusedMention(edge, inside, others) === undefined;
  if (inside !== undefined) return refusedInside(edge, inside, others) === undefined;
  return hasComparableTypes(edge) || idTypes(edge) !== undefined;
}

interface End {
  readonly table: DraftTable;
  /** The columns here that the archive means by these names; those that are not there are left out. */
  readonly columns: (names: readonly string[]) => readonly string[];
}

/** As the import finds the target of a model: by the name of an entity, else by table; and of a column: by name, else by property. */
function endOf(tables: readonly DraftTable[], entities: Readonly<Record<string, ArchiveEntity>>, model: string): End | undefined {
  const told = entities[model];
  const table =
    tables.find((one) => one.metadata !== undefined && one.name.model === model) ??
    tables.find((one) => one.table.schema === told?.schema && one.table.name === told.table);
  if (told === undefined || table === undefined) return undefined;
  const archived = Object.values(told.columns);
  const named = new Set(archived.map(({ name }) => name));
  const columnOf = (name: string): string | undefined => {
    if (hasColumns(table, [name])) return name;
    const property = archived.find((one) => one.name === name)?.property;
    return property === undefined
      ? undefined
      : table.metadata?.columns.find((one) => one.property === property && !named.has(one.name))?.name;
  };
  return { table, columns: (names) => names.flatMap((name) => columnOf(name) ?? []) };
}

/** A model of which the archive has nothing, and tells nothing but the name. */
function namedEnd(tables: readonly DraftTable[], model: string): End | undefined {
  const table = tables.find((one) => one.name.model === model);
  return table === undefined ? undefined : { table, columns: (names) => names.filter((name) => hasColumns(table, [name])) };
}
