import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { arrayLiteral, columnList, quoteIdentifier, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { UniqueConstraint } from '../schema/schema.js';
import { decodeRow } from '../values/copy-text.js';
import type { TargetModel } from './target.js';

/** A row of the archive that would hit a unique constraint, and the row in its way. */
export interface UniqueHit {
  /** Place in the batch. */
  readonly place: number;
  readonly unique: UniqueConstraint;
  /** Members of the archive. */
  readonly columns: readonly string[];
  readonly inTheWay: Key;
}

/**
 * Finds the target's rows that have the same unique values under another key: one query for each unique index and batch.
 * Expressions and predicates are evaluated by the database over the archive's values.
 */
export async function lookUpUniques(
  session: Session,
  target: TargetModel,
  lines: readonly string[],
): Promise<readonly UniqueHit[]> {
  const hits: UniqueHit[] = [];
  const checked = target.entity.uniques.filter(
    (unique) => !unique.primary && !isKey(unique, target) && isCovered(unique, target),
  );
  if (checked.length === 0 || lines.length === 0) return hits;
  const rows = lines.map((line) => decodeRow(line));
  const parameters = target.columns.map((_, at) => arrayLiteral(rows.map((row) => row[at] ?? null)));
  const integer = target.entity.key.length === 1 && target.shape.kinds[0] === 'integer';
  for (const unique of checked) {
    for (const [ordinal, ...key] of await session.query(uniqueSql(target, unique), parameters)) {
      const texts = key.map((text) => text ?? '');
      hits.push({
        place: Number(ordinal) - 1,
        unique,
        columns: membersOf(target, unique),
        inTheWay: toKey(texts, integer),
      });
    }
  }
  return hits;
}

function uniqueSql(target: TargetModel, unique: UniqueConstraint): string {
  const { entity, columns } = target;
  const arrays = columns.map((_, at) => `$${String(at + 1)}::text[]`).join(', ');
  const names = columns.map((_, at) => `c${String(at)}`).join(', ');
  const typed = columns.map(({ column }, at) => `u.c${String(at)}::${column.type} AS ${quoteIdentifier(column.name)}`).join(', ');
  const parts = unique.parts.map((part, at) => `${part} AS part${String(at)}`).join(', ');
  const where = unique.predicate === undefined ? '' : ` WHERE ${unique.predicate}`;
  const archive = `SELECT ordinal, ${columnList(entity.key)}, ${parts} FROM (SELECT u.ordinal, ${typed} FROM unnest(${arrays}) WITH ORDINALITY u(${names}, ordinal)) typed${where}`;
  const theirs = `SELECT ${columnList(entity.key)}, ${parts} FROM ${quoteTable(entity.table)}${where}`;
  const equal = unique.parts
    .map(
      (_, at) =>
        `s.part${String(at)} ${unique.nullsNotDistinct ? 'IS NOT DISTINCT FROM' : equality(target, unique, at)} t.part${String(at)}`,
    )
    .join(' AND ');
  const sameKey = entity.key.map((name) => `s.${quoteIdentifier(name)} = t.${quoteIdentifier(name)}`).join(' AND ');
  return `SELECT s.ordinal, ${columnList(entity.key, 't')} FROM (${archive}) s JOIN (${theirs}) t ON ${equal} AND NOT (${sameKey}) ORDER BY s.ordinal`;
}

function equality(target: TargetModel, unique: UniqueConstraint, at: number): string {
  return target.entity.columns.find((column) => column.name === unique.columns[at])?.equality ?? '=';
}

function isKey(unique: UniqueConstraint, { entity }: TargetModel): boolean {
  return (
    unique.columns.length === entity.key.length &&
    unique.predicate === undefined &&
    entity.key.every((name) => unique.columns.includes(name))
  );
}

/** A constraint over a column that the archive lacks cannot be decided beforehand: the database decides it when the row is written. */
function isCovered(unique: UniqueConstraint, target: TargetModel): boolean {
  const held = new Set(target.columns.map(({ column }) => column.name));
  if (unique.columns.length > 0 && unique.predicate === undefined) return unique.columns.every((name) => held.has(name));
  return target.entity.columns.every(
    (column) => held.has(column.name) || ![...unique.parts, unique.predicate ?? ''].some((part) => part.includes(column.name)),
  );
}

function membersOf(target: TargetModel, unique: UniqueConstraint): readonly string[] {
  if (unique.columns.length === 0) return unique.parts;
  return unique.columns.map((name) => target.columns.find(({ column }) => column.name === name)?.member ?? name);
}
