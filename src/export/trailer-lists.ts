import stringify from 'fast-json-stable-stringify';
import type { ArchiveTrailer, ArchiveValue, ExternalObject } from '../archive/archive.js';
import { lineLimit, trailerTooLong } from '../archive/limits.js';
import type { Closure } from '../closure/closure.js';
import type { RowReader } from '../dialect/row-reader.js';
import type { Column, Entity, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import { keyShape, textsToPk, toArchiveValue } from '../values/archive-value.js';
import { decodeRow } from '../values/copy-text.js';

/** What the trailer lists one by one, and so what can make it longer than a line of an archive. */
export type TrailerLists = Pick<ArchiveTrailer, 'external' | 'dangling' | 'leftOut'>;

/**
 * Known before the first row is written: lists that do not fit into the trailer's line refuse the export then, not when it ends.
 *
 * @throws RefusedError TRAILER_TOO_LONG
 */
export async function trailerLists(
  { schema, closure }: { readonly schema: Schema; readonly closure: Closure },
  reader: RowReader,
  limit = lineLimit,
): Promise<TrailerLists> {
  const line = new Line(limit);
  const leftOut = [...closure.leftOut].sort((a, b) => compare(a.model, b.model) || compare(a.rule, b.rule));
  const dangling = closure.dangling
    .map(({ model, key, name }) => ({ object: formatObjectName(entityOf(schema, model), key), reference: name }))
    .sort((a, b) => compare(a.object, b.object) || compare(a.reference, b.reference));
  for (const one of [...leftOut, ...dangling]) line.add(one);
  const external: ExternalObject[] = [];
  for await (const one of externalObjects(schema, closure, reader)) {
    line.add(one);
    external.push(one);
  }
  return { external, dangling, leftOut };
}

/** Counts the bytes that the lists will take. */
class Line {
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(one: unknown): void {
    this.#bytes += Buffer.byteLength(stringify(one)) + 1;
    if (this.#bytes > this.#limit) throw trailerTooLong(this.#limit);
  }
}

/** Key and natural key of each row that stays at home; a withheld column is never part of it. */
async function* externalObjects(schema: Schema, closure: Closure, reader: RowReader): AsyncGenerator<ExternalObject> {
  for (const model of [...closure.external.keys()].sort()) {
    const entity = entityOf(schema, model);
    const keys = closure.external.get(model);
    if (keys === undefined) continue;
    const natural = columnsOf(entity, entity.naturalKey).filter((column) => column.withheld === undefined);
    const names = columnsOf(entity, entity.key)
      .concat(natural)
      .map((column) => column.name);
    for await (const chunk of reader.rows(entity, names, keys.sorted())) {
      for (const line of chunk.toString('utf8').split('\n').slice(0, -1)) {
        const texts = decodeRow(line);
        const naturalKey: Record<string, ArchiveValue> = {};
        natural.forEach((column, at) => {
          naturalKey[column.member] = toArchiveValue(texts[entity.key.length + at] ?? null, column.kind);
        });
        const key = texts.slice(0, entity.key.length).map((text) => text ?? '');
        yield { model, naturalKey, pk: textsToPk(key, keyShape(entity)) };
      }
    }
  }
}

function columnsOf(entity: Entity, names: readonly string[]): Column[] {
  return names.flatMap((name) => entity.columns.find((column) => column.name === name) ?? []);
}

function entityOf(schema: Schema, model: string): Entity {
  const entity = schema.entities.get(model);
  if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
  return entity;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
