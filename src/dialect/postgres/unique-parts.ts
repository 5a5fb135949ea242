import type { Entity, UniqueConstraint } from '../../schema/schema.js';

/** That what a constraint is over is equal in two rows, or excludes each other: parts as columns `part0` and on of both. */
export function equalParts({ columns }: Pick<Entity, 'columns'>, unique: UniqueConstraint, one: string, other: string): string {
  return unique.parts
    .map((_, at) => {
      const [mine, theirs] = [`${one}.part${String(at)}`, `${other}.part${String(at)}`];
      const operator = unique.operators?.[at];
      if (operator !== undefined) return `${mine} ${operator} ${theirs}`;
      const equality = columns.find(({ name }) => name === unique.columns[at])?.equality ?? '=';
      const equal = `${mine} ${equality} ${theirs}`;
      return unique.nullsNotDistinct ? `(${equal} OR ${mine} IS NULL AND ${theirs} IS NULL)` : equal;
    })
    .join(' AND ');
}

/** What a constraint is over, as columns `part0` and on. */
export function partsList({ parts }: UniqueConstraint): string {
  return parts.map((part, at) => `${part} AS part${String(at)}`).join(', ');
}

/** Which rows it is over: WHERE, or nothing. */
export function partialSql({ predicate }: UniqueConstraint): string {
  return predicate === undefined ? '' : ` WHERE ${predicate}`;
}

/** Whether a constraint is over a column: an expression or a predicate has it as SQL writes it, with its quotation marks doubled. */
export function isOver({ columns, parts, predicate = '' }: UniqueConstraint, column: string): boolean {
  if (columns.includes(column)) return true;
  const isPlain = columns.length > 0 && predicate === '';
  return !isPlain && [...parts, predicate].some((sql) => sql.includes(column.replaceAll('"', '""')));
}
