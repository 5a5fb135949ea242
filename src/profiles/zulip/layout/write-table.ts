import type { Key } from '../../../closure/key.js';
import type { Entity } from '../../../schema/schema.js';
import { OutputBuffer } from '../../../values/output-buffer.js';
import type { RowCursor } from '../../../values/row-cursor.js';
import type { Field } from './fields.js';
import { fieldsOf, inZulipsOrder, linkFieldsOf, RowText } from './fields.js';
import type { TablesFile } from './tables-file.js';
import type { ZulipFiles } from './zulip-files.js';

/** Bytes that are handed on at once. */
const worthHandingOn = 256 * 1024;

export interface TableOptions {
  readonly entity: Entity;
  /** Under what name the rows stand. */
  readonly table: string;
  /** The fields that are known, in Zulip's order. */
  readonly known: string;
  /** Beside columns and many-to-many relations. */
  readonly further?: readonly Field[];
  /** Dates are cut to whole seconds. */
  readonly cutsDates?: boolean;
  /** Which of the rows belong here. */
  readonly belongs?: ((cursor: RowCursor, place: (column: string) => number, key: Key) => boolean) | undefined;
}

/** Writes the rows of a model that leave as one table of a file. */
export async function writeTable(files: ZulipFiles, file: TablesFile, options: TableOptions): Promise<void> {
  const { entity, table, known, further = [], cutsDates = false, belongs } = options;
  const { rows, schema } = files.context;
  await file.begin(table);
  let out = newBuffer();
  let count = 0;
  let text: RowText | undefined;
  for await (const { row, lists } of rows.all(entity)) {
    const { cursor, columns } = row;
    text ??= new RowText(
      inZulipsOrder(
        [...fieldsOf(entity, columns, { cutsDates, methods: files.methods }), ...linkFieldsOf(schema, entity), ...further],
        known,
      ),
    );
    const facts = { key: () => row.key(), lists };
    const place = (column: string): number => columns.findIndex(({ name }) => name === column);
    while (row.next()) {
      if (belongs !== undefined && !belongs(cursor, place, row.key())) continue;
      text.write(out, cursor, facts);
      count += 1;
      if (out.length < worthHandingOn) continue;
      await file.rows(out.bytes(), count);
      out = newBuffer();
      count = 0;
    }
  }
  await file.rows(out.bytes(), count);
}

export function newBuffer(): OutputBuffer {
  return new OutputBuffer(Buffer.allocUnsafe(64 * 1024));
}
