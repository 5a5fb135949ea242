import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import { toKey } from '../closure/key.js';
import type { RowReader } from '../dialect/row-reader.js';
import { UsageError } from '../errors/portolan-error.js';
import type { FileOwner, NamedFile } from '../files/named-file.js';
import { resolveColumn } from '../schema/resolve-column.js';
import { findModels, resolveModel } from '../schema/resolve-model.js';
import type { Entity, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import { keyShape, textsToPk } from '../values/archive-value.js';
import { decodeRow } from '../values/copy-text.js';

/** A row that leaves, as far as it was asked for. */
export interface LeavingValues {
  readonly object: FileOwner;
  /** The server's texts, in the order of the columns that were asked for. */
  readonly values: readonly (string | null)[];
}

/** What those are given who compute which files leave: the rows that leave, as sets. */
export interface FilesContext {
  readonly schema: Schema;
  /** How many rows of a model leave; 0 for a model that is not there. */
  count(model: string): number;
  /** All rows of a model that leave, in the order of their keys. One at a time: a session does one thing. @throws UsageError for names that are not there */
  rows(model: string, columns: readonly string[]): AsyncIterable<LeavingValues>;
}

/** Computes which files rows name, where the words of a policy do not do. */
export type FilesOf = (context: FilesContext) => AsyncIterable<NamedFile>;

export function filesContext(schema: Schema, closure: Closure, reader: RowReader): FilesContext {
  return {
    schema,
    count: (name) => {
      const [entity] = findModels(schema, name);
      return entity === undefined ? 0 : countOf(closure, entity.model);
    },
    rows: (model, columns) => leavingValues(resolveModel(schema, model), columns, closure, reader),
  };
}

async function* leavingValues(
  entity: Entity,
  columns: readonly string[],
  closure: Closure,
  reader: RowReader,
): AsyncGenerator<LeavingValues> {
  const names = [...entity.key, ...columns.map((name) => leavingColumn(entity, name))];
  const shape = keyShape(entity);
  const width = entity.key.length;
  const described = closure.described.get(entity.model);
  const taken = closure.taken.get(entity.model)?.taken;
  const sources = [
    ...(described === undefined ? [] : [reader.rowsOf(described, names)]),
    ...(taken === undefined ? [] : [reader.rows(entity, names, taken.sorted())]),
  ];
  for (const chunks of sources) {
    for await (const chunk of chunks) {
      for (const line of chunk.toString('utf8').split('\n').slice(0, -1)) {
        const texts = decodeRow(line);
        const key = texts.slice(0, width).map((text) => text ?? '');
        const name = formatObjectName(entity, toKey(key, shape.kinds[0] === 'integer'));
        yield { object: { model: entity.model, pk: textsToPk(key, shape), name }, values: texts.slice(width) };
      }
    }
  }
}

/** What does not leave names no file: its value would leave as the name. @throws UsageError UNKNOWN_COLUMN, FILE_COLUMN */
export function leavingColumn(entity: Entity, text: string): string {
  const column = resolveColumn(entity, text);
  if (column.withheld === undefined) return column.name;
  throw new UsageError('FILE_COLUMN', `${entity.model}.${column.member} names files, but does not leave (${column.withheld})`, {
    hint: `Let it leave (--include-secret ${entity.model}.${column.member}), or leave its files out (--no-files).`,
  });
}
