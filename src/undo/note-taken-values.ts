import { sameKey } from '../changes/staged-keys.js';
import { columnList, columnNamed, ownRows, quoteIdentifier, quoteLiteral } from '../dialect/postgres/sql.js';
import { equalParts, isOver, partialSql, partsList } from '../dialect/postgres/unique-parts.js';
import type { Session } from '../dialect/session.js';
import type { Column, Entity, UniqueConstraint } from '../schema/schema.js';
import type { UndoStage } from './stage-journal.js';
import { stagedValue, undoColumns } from './stage-journal.js';

/** A constraint that keeps what comes back out, and of which table. */
export interface TakenUnique {
  readonly entity: Entity;
  /** The columns that tell its rows apart. */
  readonly key: readonly string[];
  readonly unique: UniqueConstraint;
}

const { line, group, reason, members, reference: number, outside } = undoColumns;

/**
 * Notes in the stages which rows are to come back with unique values that another row has by then: one query for each constraint that is over
 * what is written. What goes makes room, and what is overwritten is as it will be.
 *
 * @returns the constraints, by the number that is noted
 */
export async function noteTakenValues(session: Session, stages: readonly UndoStage[]): Promise<readonly TakenUnique[]> {
  const taken: TakenUnique[] = [];
  for (const entity of new Set(stages.map((stage) => stage.entity))) {
    const all = stages.filter((stage) => stage.entity === entity);
    for (const unique of [...entity.uniques, ...entity.exclusions]) {
      const back = all.filter((stage) => stage.kind !== 'delete' && isDecided(stage, unique));
      for (const stage of back.filter((one) => isConcerned(one, unique))) {
        const names = arraySql(membersOf(stage, unique));
        await session.query(
          `UPDATE ${stage.table} s SET ${reason} = 'unique', ${members} = ${names}, ${number} = ${String(taken.length)}, ${outside} = o.key ` +
            `FROM (${takenSql(stage, unique, all, back)}) o WHERE o.line = s.${line}`,
          [],
          { what: `look up ${unique.name}`, table: entity.table },
        );
        taken.push({ entity, key: stage.key, unique });
      }
    }
  }
  return taken;
}

/** Columns that have a part in it: those that it is over, and those from which the database computes these. */
function columnsOver({ columns }: Entity, unique: UniqueConstraint): readonly Column[] {
  const over = columns.filter(({ name }) => isOver(unique, name));
  const from = over.map(({ generatedAs = '' }) => generatedAs);
  return columns.filter((column) => over.includes(column) || from.some((sql) => sql.includes(column.name.replaceAll('"', '""'))));
}

/** Whether all of it is known of a row that comes back. The database decides the rest when the row is written. */
function isDecided({ entity, kind, values }: UndoStage, unique: UniqueConstraint): boolean {
  return columnsOver(entity, unique).every(({ name, generated, generatedAs }) => {
    if (generated) return generatedAs !== undefined;
    return kind === 'update' || values.some((column) => column.name === name);
  });
}

/** Whether what is written has a part in it; rows of one key are found by that. */
function isConcerned({ entity, key, kind, groups }: UndoStage, unique: UniqueConstraint): boolean {
  const { columns, predicate, operators } = unique;
  const isKey = predicate === undefined && operators === undefined && columns.length === key.length;
  if (isKey && columns.every((name) => key.includes(name))) return false;
  const over = columnsOver(entity, unique);
  return kind === 'insert' || groups.some((written) => written.some(({ name }) => over.some((column) => column.name === name)));
}

/** SELECT: the `line` of each row for which there is no room, and the `key` of one that is in its way. */
function takenSql(stage: UndoStage, unique: UniqueConstraint, all: readonly UndoStage[], back: readonly UndoStage[]): string {
  const { entity, key } = stage;
  const written = all.filter(({ kind }) => kind !== 'insert');
  const parts = `${columnList(key)}, ${partsList(unique)}`;
  const where = partialSql(unique);
  const known = written.map((one) => `NOT EXISTS (SELECT 1 FROM ${one.table} k WHERE ${sameKey(one, 'y', 'k')})`);
  const staying = `SELECT y.* FROM ${ownRows(entity)} y${known.length === 0 ? '' : ` WHERE ${known.join(' AND ')}`}`;
  const others = [
    `SELECT ${parts} FROM (${staying}) y${where}`,
    ...back.map((one) => `SELECT ${parts} FROM (${backSql(one, unique)}) b${where}`),
  ];
  const texts = key.map((name) => `pg_catalog.format('%s', t.${quoteIdentifier(name)})`);
  const sameRow = key.map((name) => {
    const column = quoteIdentifier(name);
    return `f.${column} ${columnNamed(entity, name).equality} t.${column}`;
  });
  return (
    `SELECT DISTINCT ON (f.line) f.line, ARRAY[${texts.join(', ')}]::pg_catalog.text[] AS key ` +
    `FROM (SELECT ${line} AS line, ${parts} FROM (${backSql(stage, unique)}) b${where}) f ` +
    `JOIN (${others.join(' UNION ALL ')}) t ON ${equalParts(entity, unique, 'f', 't')} AND NOT (${sameRow.join(' AND ')}) ORDER BY 1, 2`
  );
}

/** SELECT: rows of a stage as they will be, as far as the constraint is over them. */
function backSql(stage: UndoStage, unique: UniqueConstraint): string {
  const { entity, key, table, kind } = stage;
  const over = columnsOver(entity, unique).filter(({ name }) => !key.includes(name));
  const plain = over.filter(({ generated }) => !generated);
  const values = plain.map((column) => `${valueSql(stage, column)} AS ${quoteIdentifier(column.name)}`);
  const now = kind === 'update' ? ` JOIN ${ownRows(entity)} t ON ${sameKey(stage, 't', 's')}` : '';
  const rows = `SELECT ${[`s.${line}`, columnList(key, 's'), ...values].join(', ')} FROM ${table} s${now} WHERE s.${reason} IS NULL`;
  const computed = over.flatMap(({ name, generated, generatedAs, type }) =>
    generated && generatedAs !== undefined ? [`(${generatedAs})::${type} AS ${quoteIdentifier(name)}`] : [],
  );
  return computed.length === 0 ? rows : `SELECT *, ${computed.join(', ')} FROM (${rows}) computed`;
}

/** A column's value as it will be. */
function valueSql({ kind, groups }: UndoStage, column: Column): string {
  const collation = column.collation === undefined ? '' : ` COLLATE ${column.collation}`;
  const back = `(${stagedValue(column)})${collation}`;
  if (kind === 'insert') return back;
  const now = `t.${quoteIdentifier(column.name)}`;
  const cases = groups.flatMap((written, at) =>
    written.some(({ name }) => name === column.name) ? [`WHEN ${String(at)} THEN ${back}`] : [],
  );
  return cases.length === 0 ? now : `CASE s.${group} ${cases.join(' ')} ELSE ${now} END`;
}

function membersOf({ model }: UndoStage, { columns, parts }: UniqueConstraint): readonly string[] {
  if (columns.length === 0) return parts;
  return columns.map((name) => model.columns.find((column) => column.name === name)?.member ?? name);
}

function arraySql(texts: readonly string[]): string {
  return `ARRAY[${texts.map(quoteLiteral).join(', ')}]::pg_catalog.text[]`;
}
