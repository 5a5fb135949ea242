import type { Column, TableName } from '../../schema/schema.js';
import type { Purpose } from '../query-event.js';
import type { Session } from '../session.js';
import { BinaryRows, binaryHeader, binaryTrailer } from './binary-rows.js';
import { columnList, quoteTable } from './sql.js';

export interface CopiedTable {
  readonly table: TableName;
  readonly columns: readonly Pick<Column, 'name' | 'type'>[];
}

/** Fewer bytes are not worth another form. */
const worthBinary = 16 * 1024;

/**
 * Copies rows into a table, given as whole lines of COPY text: in binary as far as that says the same, so that the server has less to do.
 *
 * @param least bytes that must come at first for that to be worth it
 */
export async function copyRows(
  session: Session,
  { table, columns }: CopiedTable,
  rows: AsyncIterable<Buffer>,
  purpose: Purpose,
  least = worthBinary,
): Promise<number> {
  const copy = `COPY ${quoteTable(table)} (${columnList(columns.map(({ name }) => name))}) FROM STDIN`;
  const binary = BinaryRows.of(columns);
  if (binary === undefined) return session.copyIn(copy, rows, purpose);
  const source = rows[Symbol.asyncIterator]();
  try {
    const first = await source.next();
    let rest: Buffer = first.done === true ? Buffer.alloc(0) : first.value;
    let count = 0;
    const isWorth = rest.length >= least && rest.length > 0;
    if (isWorth) {
      async function* converted(all: BinaryRows): AsyncGenerator<Buffer> {
        yield binaryHeader;
        for (;;) {
          rest = yield* all.convert(rest);
          if (rest.length > 0) break;
          const next = await source.next();
          if (next.done === true) break;
          rest = next.value;
        }
        yield binaryTrailer;
      }
      count = await session.copyIn(`${copy} (FORMAT binary)`, converted(binary), purpose);
      if (rest.length === 0) return count;
    }
    return count + (await session.copyIn(copy, following(rest, source), purpose));
  } finally {
    await source.return?.();
  }
}

async function* following(first: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}
