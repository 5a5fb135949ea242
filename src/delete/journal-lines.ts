import type { ArchiveReader } from '../archive/open-archive.js';
import { copyRows } from '../changes/copy-rows.js';
import type { JournalEntity, JournalHeader, JournalLine } from '../changes/journal.js';
import { databaseIdentity } from '../changes/database-identity.js';
import { journalEntity, journalHeader, journalLines } from '../changes/journal.js';
import { namedRow } from '../changes/named-row.js';
import { sameKey } from '../changes/staged-keys.js';
import { parseArray } from '../dialect/postgres/read-catalog.js';
import { columnList, ownRows } from '../dialect/postgres/sql.js';
import type { TextRow } from '../dialect/session.js';
import type { Column } from '../schema/schema.js';
import { toArchiveValue } from '../values/archive-value.js';
import type { PlanFacts } from './delete-plan.js';
import { nullifyingEdges } from './delete-plan.js';
import { nullifiedColumns } from './on-delete.js';
import { stateNumber } from './row-states.js';
import type { StagedModel } from './staged-model.js';
import { stageColumns } from './staged-model.js';

const purpose = { what: 'read rows for the journal' };

/** What takes a deletion back: each row that goes as it is now, rows of join tables too, and each reference that becomes NULL. */
export async function deleteJournal(
  facts: PlanFacts,
  archive: ArchiveReader,
  options: JournalHeader['options'],
): Promise<AsyncGenerator> {
  const entities: Record<string, JournalEntity> = {};
  for (const [model, stage] of facts.staged) entities[model] = journalEntity(stage.entity, stage.key, columnsOf(stage));
  const header = journalHeader({
    command: 'delete',
    database: await databaseIdentity(facts.session),
    archive: archive.trailer?.sha256 ?? '',
    options,
    entities,
  });
  return journalLines(header, lines(facts));
}

async function* lines(facts: PlanFacts): AsyncGenerator<JournalLine> {
  for (const stage of facts.staged.values()) {
    const sql = `${rowsSql(stage, columnsOf(stage))}, pg_temp.portolan_row r WHERE ${sameKey(stage, 't', 'k')} AND r.id = k.${stageColumns.id} AND r.state = ${stateNumber('delete')} ORDER BY k.${stageColumns.id}`;
    for await (const rows of copyRows(facts.session, sql, purpose))
      for (const row of rows)
        yield { ...namedRow(stage, row), decision: 'delete', before: valuesOf(columnsOf(stage), row.slice(stage.key.length)) };
  }
  for (const stage of facts.staged.values()) yield* nullifiedLines(facts, stage);
}

/** One line for each row, however many of its references become NULL: what is written by one statement can be written once. */
async function* nullifiedLines(facts: PlanFacts, stage: StagedModel): AsyncGenerator<JournalLine> {
  const nulls = new Map(
    facts.references.flatMap((reference, number) =>
      reference.child === stage.entity.model ? [[String(number), nullifiedColumns(facts.schema, reference)] as const] : [],
    ),
  );
  const names = new Set([...nulls.values()].flat());
  const columns = stage.entity.columns.filter(({ name }) => names.has(name));
  if (columns.length === 0) return;
  const children = `SELECT e.child, pg_catalog.array_agg(DISTINCT e.reference) AS refs FROM ${nullifyingEdges()} GROUP BY 1`;
  const list = columnList([...stage.key, ...columns.map(({ name }) => name)], 't');
  const sql = `SELECT n.refs, ${list} FROM ${ownRows(stage.entity)} t, ${stage.table} k, (${children}) n WHERE ${sameKey(stage, 't', 'k')} AND n.child = k.${stageColumns.id} ORDER BY k.${stageColumns.id}`;
  for await (const rows of copyRows(facts.session, sql, purpose)) {
    for (const [references, ...row] of rows) {
      const written = new Set(parseArray(references ?? '{}').flatMap((number) => nulls.get(number) ?? []));
      const values = valuesOf(columns, row.slice(stage.key.length));
      const members = columns.filter(({ name }) => written.has(name)).map(({ member }) => member);
      const before = Object.fromEntries(members.map((member) => [member, values[member] ?? null]));
      const after = Object.fromEntries(members.map((member) => [member, null]));
      yield { ...namedRow(stage, row), decision: 'nullify', columns: members, before, after };
    }
  }
}

/** The columns of the archive; of a join table all, its own key too. */
function columnsOf({ target, entity }: StagedModel): readonly Column[] {
  return target === undefined ? entity.columns : target.columns.map(({ column }) => column);
}

function rowsSql({ entity, key, table }: StagedModel, columns: readonly Column[]): string {
  return `SELECT ${columnList([...key, ...columns.map(({ name }) => name)], 't')} FROM ${ownRows(entity)} t, ${table} k`;
}

function valuesOf(columns: readonly Column[], row: TextRow): NonNullable<JournalLine['before']> {
  return Object.fromEntries(columns.map(({ member, kind }, at) => [member, toArchiveValue(row[at] ?? null, kind)]));
}
