import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { arrayElement, columnList, columnNamed, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import { equalParts, isOver, partialSql, partsList } from '../dialect/postgres/unique-parts.js';
import type { Session } from '../dialect/session.js';
import type { Column, UniqueConstraint } from '../schema/schema.js';
import { decodeText } from '../values/copy-text.js';
import { OutputBuffer } from '../values/output-buffer.js';
import type { TargetModel } from './target.js';

/** Rows of the archive, as COPY text in the target's columns: each is made when it is asked for. */
export interface AskedRows {
  readonly count: number;
  readonly line: (place: number) => string;
}

/** A row of the archive that would hit a unique or an exclusion constraint, and the row in its way. */
export interface UniqueHit {
  /** Place in the batch. */
  readonly place: number;
  readonly unique: UniqueConstraint;
  /** Members of the archive. */
  readonly columns: readonly string[];
  readonly inTheWay: Key;
}

/**
 * Finds the target's rows that have the same unique values under another key, or exclude those: one query for each constraint and batch.
 * Expressions and predicates are evaluated by the database over the archive's values.
 */
export async function lookUpUniques(session: Session, target: TargetModel, rows: AskedRows): Promise<readonly UniqueHit[]> {
  const hits: UniqueHit[] = [];
  const uniques = checkedUniques(target).map((unique) => ({
    unique,
    asked: target.columns.flatMap(({ column }, at) => (isAsked(column, unique, target) ? [at] : [])),
  }));
  if (uniques.length === 0 || rows.count === 0) return hits;
  const arrays = arraysOf(rows, new Set(uniques.flatMap(({ asked }) => asked)));
  const arrayAt = (at: number): string => arrays.get(at) ?? '{}';
  const integer = target.entity.key.length === 1 && target.shape.kinds[0] === 'integer';
  for (const { unique, asked } of uniques) {
    const purpose = { what: `look up ${unique.name}`, table: target.entity.table };
    for (const [ordinal, ...key] of await session.query(uniqueSql(target, unique, asked), asked.map(arrayAt), purpose)) {
      hits.push({
        place: Number(ordinal) - 1,
        unique,
        columns: membersOf(target, unique),
        inTheWay: toKey(
          key.map((text) => text ?? ''),
          integer,
        ),
      });
    }
  }
  return hits;
}

/** What the rows hold in some columns, as array literals, by place of the column. They are bytes until they are whole: a part of a line's text would keep all of it. */
function arraysOf({ count, line }: AskedRows, columns: ReadonlySet<number>): ReadonlyMap<number, string> {
  const outputs = new Map([...columns].map((at) => [at, new OutputBuffer(Buffer.allocUnsafe(4096))]));
  for (let place = 0; place < count; place += 1) {
    const row = line(place).split('\t');
    for (const [at, output] of outputs) {
      output.ascii(place === 0 ? '{' : ',');
      output.utf8(arrayElement(decodeText(row[at] ?? '\\N')));
    }
  }
  return new Map([...outputs].map(([at, output]) => [at, `${output.takeText()}}`]));
}

/** Whether there is any constraint to look up: the key itself is none. */
export function hasLookUps(target: TargetModel): boolean {
  return checkedUniques(target).length > 0;
}

function checkedUniques(target: TargetModel): readonly UniqueConstraint[] {
  const { uniques, exclusions } = target.entity;
  return [...uniques, ...exclusions].filter((unique) => !isExactKey(unique, target) && isCovered(unique, target));
}

function uniqueSql(target: TargetModel, unique: UniqueConstraint, asked: readonly number[]): string {
  const { entity, columns } = target;
  const arrays = asked.map((_, at) => `$${String(at + 1)}::text[]`).join(', ');
  const names = asked.map((at) => `c${String(at)}`).join(', ');
  const typed = asked.flatMap((at) => typedValue(columns[at]?.column, at)).join(', ');
  const parts = partsList(unique);
  const where = partialSql(unique);
  const archive = `SELECT ordinal, ${columnList(entity.key)}, ${parts} FROM (SELECT u.ordinal, ${typed} FROM unnest(${arrays}) WITH ORDINALITY u(${names}, ordinal)) typed${where}`;
  const theirs = `SELECT ${columnList(entity.key)}, ${parts} FROM ${ownRows(entity)}${where}`;
  const equal = equalParts(entity, unique, 's', 't');
  const sameKey = keyColumns(target).map(sameKeyColumn).join(' AND ');
  return `SELECT s.ordinal, ${columnList(entity.key, 't')} FROM (${archive}) s JOIN (${theirs}) t ON ${equal} AND NOT (${sameKey}) ORDER BY s.ordinal`;
}

/** Without the type's modifier: a cast to a narrower one would cut the value, and find what is not equal. */
function typedValue(column: Column | undefined, at: number): readonly string[] {
  if (column === undefined) return [];
  const type = column.kind === 'integer' ? column.type : column.lookupType;
  const collation = column.collation === undefined ? '' : ` COLLATE ${column.collation}`;
  return [`u.c${String(at)}::${type}${collation} AS ${quoteIdentifier(column.name)}`];
}

/** Where equal keys can have different texts, a row of another text is another row, which is in the way. */
function sameKeyColumn({ name, equality, exact }: Column): string {
  const [mine, theirs] = [`s.${quoteIdentifier(name)}`, `t.${quoteIdentifier(name)}`];
  return exact
    ? `${mine} ${equality} ${theirs}`
    : `${mine}::pg_catalog.text COLLATE "C" = ${theirs}::pg_catalog.text COLLATE "C"`;
}

function keyColumns({ entity }: TargetModel): readonly Column[] {
  return entity.key.map((name) => columnNamed(entity, name));
}

/** The key itself, where rows of an equal key are found by its text. */
function isExactKey(unique: UniqueConstraint, target: TargetModel): boolean {
  const { key } = target.entity;
  const isKey = unique.columns.length === key.length && unique.predicate === undefined && unique.operators === undefined;
  return isKey && key.every((name) => unique.columns.includes(name)) && keyColumns(target).every(({ exact }) => exact);
}

/** Whether its value has a part in it: no other is sent, nor cast. */
function isAsked({ name }: Column, unique: UniqueConstraint, { entity }: TargetModel): boolean {
  return entity.key.includes(name) || isOver(unique, name);
}

/** A constraint over a column that the archive lacks cannot be decided beforehand: the database decides it when the row is written. */
function isCovered(unique: UniqueConstraint, target: TargetModel): boolean {
  const held = new Set(target.columns.map(({ column }) => column.name));
  return target.entity.columns.every(({ name }) => held.has(name) || !isOver(unique, name));
}

function membersOf(target: TargetModel, unique: UniqueConstraint): readonly string[] {
  if (unique.columns.length === 0) return unique.parts;
  return unique.columns.map((name) => target.columns.find(({ column }) => column.name === name)?.member ?? name);
}
