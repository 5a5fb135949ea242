import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import type { KeyRun } from '../closure/key-run.js';
import { inRuns } from '../closure/key-run.js';
import { toKey } from '../closure/key.js';
import type { HeldKeys, RowReader, RowSet } from '../dialect/row-reader.js';
import { FailedError, RefusedError } from '../errors/portolan-error.js';
import type { Column, Entity, Schema } from '../schema/schema.js';
import { RowCursor } from '../values/row-cursor.js';
import { inOrder } from './in-order.js';
import type { LinkList } from './link-lists.js';
import { addCounts, linkLists } from './link-lists.js';
import type { LeavingRow } from './leaving-rows.js';
import { LeavingRows } from './leaving-rows.js';
import type { RowsProgress } from './rows-progress.js';

export interface LayoutRowsOptions {
  readonly schema: Schema;
  readonly closure: Closure;
  /** All on one snapshot. */
  readonly readers: readonly RowReader[];
  /** Told of rows as they are read. */
  readonly progress?: RowsProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Their links are in memory at once. */
const rowsAtOnce = 10_000;

/** Rows that leave, and what they are linked to. */
export interface ListedRow {
  readonly row: LeavingRow;
  readonly lists: readonly LinkList[];
}

/** The rows that leave, as a layout reads them: sets, in streams, proved to be closed and whole on the way. */
export class LayoutRows {
  readonly #options: LayoutRowsOptions;
  /** Models and links of which everything was read, and how much. */
  readonly #read = new Map<string, number>();

  constructor(options: LayoutRowsOptions) {
    this.#options = options;
  }

  /** All on one snapshot: the first is the session's own. */
  get readers(): readonly [RowReader] {
    return this.#options.readers as readonly [RowReader];
  }

  /** How many rows of a model leave. */
  count(model: string): number {
    return countOf(this.#options.closure, model);
  }

  /** Everything of a model that leaves, in the order of its keys, with its many-to-many members. */
  async *all(entity: Entity): AsyncGenerator<ListedRow> {
    const { schema, closure, readers } = this.#options;
    const [reader] = readers as readonly [RowReader];
    const pass = this.pass(entity);
    const described = closure.described.get(entity.model);
    if (described !== undefined)
      for await (const row of pass.through(reader.rowsOf(described, pass.names))) yield { row, lists: [] };
    const counts = new Map(closure.links.flatMap(({ name, owner }) => (owner.parent === entity.model ? [[name, 0]] : [])));
    for (const keys of inRuns(closure.taken.get(entity.model)?.taken.sorted() ?? [], rowsAtOnce)) {
      const found = await linkLists(reader, schema, closure, entity, keys);
      addCounts(counts, found.counts);
      for await (const row of pass.byKey(reader, keys)) yield { row, lists: found.lists };
    }
    pass.end();
    for (const [name, count] of counts) this.#read.set(name, count);
  }

  /** One reading of all rows of a model, part by part, by whatever reader. It is over when {@link Pass.end} was called. */
  pass(entity: Entity): Pass {
    return new Pass(entity, this.#options, (count) => this.#read.set(entity.model, count));
  }

  /** The keys of a model's rows that leave, in order. */
  async keys(entity: Entity): Promise<Iterable<Key>> {
    const { closure, readers } = this.#options;
    const described = closure.described.get(entity.model);
    if (described === undefined) return closure.taken.get(entity.model)?.taken.sorted() ?? [];
    const keys: Key[] = [];
    const cursor = new RowCursor(entity.key.length);
    const columns = entity.key.map((name) => columnOf(entity, name));
    for await (const chunk of (readers[0] as RowReader).rowsOf(described, entity.key)) {
      cursor.enter(chunk);
      while (cursor.next())
        keys.push(
          toKey(
            columns.map((_, at) => cursor.text(at) ?? ''),
            columns[0]?.kind === 'integer',
          ),
        );
    }
    return keys;
  }

  /** The keys of rows that stay at home and are referred to, in order. */
  externalKeys({ model }: Entity): Iterable<Key> {
    return this.#options.closure.external.get(model)?.sorted() ?? [];
  }

  /**
   * Some columns of rows by key, as they leave, also of rows that stay at home: what a layout says of them beside the rows that leave.
   *
   * @throws RefusedError LAYOUT_VALUE for a column that is left out
   */
  async *named(entity: Entity, columns: readonly string[], keys: Iterable<Key>): AsyncGenerator<RowCursor> {
    const withheld = entity.columns.find(({ name, withheld: why }) => columns.includes(name) && why !== undefined);
    if (withheld !== undefined) {
      throw new RefusedError('LAYOUT_VALUE', `the format needs ${entity.model}.${withheld.member}, which is left out`, {
        hint: 'Leave it in, or export to our own format.',
      });
    }
    const cursor = new RowCursor(columns.length);
    for await (const chunk of (this.#options.readers[0] as RowReader).rows(entity, columns, keys)) {
      cursor.enter(chunk);
      while (cursor.next()) yield cursor;
    }
  }

  /** The layout has no place for a model, and says so. */
  leaveOut(model: string): void {
    this.#read.set(model, 0);
    for (const { name, owner } of this.#options.closure.links) if (owner.parent === model) this.#read.set(name, 0);
  }

  /** Units of work on all readers side by side; what they give comes in the order of the units. */
  sideBySide<Unit, Item>(
    units: Iterable<Unit>,
    work: (reader: RowReader, unit: Unit) => AsyncIterable<Item>,
    sizeOf: (item: Item) => number,
  ): AsyncGenerator<Item> {
    return inOrder(units, this.#options.readers, work, sizeOf);
  }

  /** What was read wholly: counts by model, or by name of the link. */
  read(names: Iterable<string>): Readonly<Record<string, number>> {
    const found = [...names].flatMap((name): [string, number][] => {
      const count = this.#read.get(name) ?? 0;
      return count === 0 ? [] : [[name, count]];
    });
    return Object.freeze(Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  /** @throws FailedError ROWS_MISSING where the layout has left something out */
  checkComplete(): void {
    const { closure } = this.#options;
    const models = [...closure.taken.keys(), ...closure.described.keys()].filter((model) => this.count(model) > 0);
    // Links leave with their owner: a layout need not ask for those of a model of which nothing leaves.
    const links = closure.links.flatMap(({ name, owner }) => (this.count(owner.parent) > 0 ? name : []));
    const missing = [...models, ...links].filter((name) => !this.#read.has(name));
    if (missing.length === 0) return;
    throw new FailedError('ROWS_MISSING', `the layout has no place for ${missing.join(', ')}`, {
      hint: 'Nothing was written. Leave them out with --exclude, or export to our own format.',
    });
  }
}

/** One reading of the rows of a model that leave. */
export class Pass {
  readonly #entity: Entity;
  readonly #rows: LeavingRows;
  readonly #options: LayoutRowsOptions;
  readonly #ended: (count: number) => void;
  /** Rows of which somebody was told. */
  #told = 0;

  constructor(entity: Entity, options: LayoutRowsOptions, ended: (count: number) => void) {
    this.#entity = entity;
    this.#rows = new LeavingRows(entity, options.schema, options.closure);
    this.#options = options;
    this.#ended = ended;
  }

  get columns(): readonly Column[] {
    return this.#rows.columns;
  }

  /** Names of the columns that leave, in the order in which rows have them. */
  get names(): readonly string[] {
    return this.#rows.columns.map(({ name }) => name);
  }

  /** Rows of these keys, which leave. */
  byKey(reader: RowReader, keys: KeyRun): AsyncGenerator<LeavingRow> {
    return this.through(reader.rows(this.#entity, this.names, keys));
  }

  /** Of the rows that leave, those whose `column` holds one of the keys, which are of the model `of`. By their own keys. */
  holding(reader: RowReader, column: string, of: string, keys: readonly Key[]): AsyncGenerator<LeavingRow> {
    const among: HeldKeys = { column, of, keys: { size: keys.length, listed: false, sorted: () => keys } };
    const described = this.#options.closure.described.get(this.#entity.model);
    const set: RowSet = described === undefined ? { entity: this.#entity, anyOf: [among] } : { ...described, among };
    return this.through(reader.rowsOf(set, this.names));
  }

  async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<LeavingRow> {
    const { progress, signal } = this.#options;
    const reading = this.#rows.reading();
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      reading.enter(chunk);
      yield reading;
      progress?.written(this.#entity.model, this.#rows.count - this.#told);
      this.#told = this.#rows.count;
    }
  }

  /** @throws FailedError ROWS_MISSING where rows did not come, or came twice */
  end(): void {
    const { model } = this.#entity;
    const count = countOf(this.#options.closure, model);
    const read = this.#rows.count;
    if (read !== count) {
      throw new FailedError('ROWS_MISSING', `${model}: ${String(count)} rows were to be read, ${String(read)} came`, {
        hint: 'This is a defect of Portolan: no archive was written. Please report it.',
      });
    }
    this.#ended(count);
  }
}

function columnOf(entity: Entity, name: string): Entity['columns'][number] | undefined {
  return entity.columns.find((column) => column.name === name);
}
