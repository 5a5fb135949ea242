import { availableParallelism } from 'node:os';
import type { Closure, DescribedSet } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import type { KeyRun } from '../closure/key-run.js';
import type { KeyView } from '../closure/key-set.js';
import { inRuns, isRun } from '../closure/key-run.js';
import type { RowReader } from '../dialect/row-reader.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Entity, Schema } from '../schema/schema.js';
import type { BufferPool } from '../values/buffer-pool.js';
import { createObjectEncoder } from '../values/object-encoder.js';
import { brokenConstraintAbove, brokenConstraintBelow } from './broken-constraint.js';
import { closedProof, UnresolvedReference } from './closed-proof.js';
import { cutsOf } from './cuts.js';
import type { ExportSizes } from './export-sizes.js';
import { linkLists } from './link-lists.js';
import { inOrder } from './in-order.js';
import { isWorthSweep } from './is-worth-sweep.js';
import { UnitSize } from './unit-size.js';

export interface RowsOptions {
  readonly schema: Schema;
  readonly closure: Closure;
  /** What stands before a line of the archive. */
  readonly lineStart: string;
  /** Where the bytes stand that are yielded; who has done with them gives them back. */
  readonly buffers: BufferPool;
  /** All on one snapshot. */
  readonly readers: readonly RowReader[];
  readonly sizes: ExportSizes;
  readonly signal?: AbortSignal | undefined;
}

/** Some lines of the archive, in its order. */
export interface Lines {
  readonly model: string;
  readonly bytes: Buffer;
  readonly objects: number;
  /** Links written, by link name. */
  readonly links: ReadonlyMap<string, number>;
  /** As in {@link LinkLists}. */
  readonly repeated: ReadonlyMap<string, number>;
}

/** The default of `--jobs`: a second reader pays from about this many objects on. */
const manyObjects = 50_000;

export function defaultJobs(total: number): number {
  return total < manyObjects ? 1 : Math.max(1, Math.min(4, availableParallelism()));
}

/**
 * Reads the rows of a closure and yields them as archive lines, in the archive's order whatever the number of readers.
 * Proves on the way that the result is closed and that every row of the closure came.
 *
 * @throws RefusedError CONSTRAINT_BROKEN; FailedError NOT_CLOSED, ROWS_MISSING: a defect of ours. The archive is not finished.
 */
export async function* exportRows(models: readonly string[], options: RowsOptions): AsyncGenerator<Lines> {
  yield* inOrder(
    units(models, options),
    options.readers,
    (reader, unit) => readUnit(reader, unit, options),
    (lines) => lines.bytes.length,
  );
}

/** By their keys, by what they hold, or all that a table has of a set. */
type UnitRows =
  | { readonly by: 'keys'; readonly keys: KeyRun }
  | { readonly by: 'description'; readonly set: DescribedSet }
  | { readonly by: 'sweep'; readonly keys: KeyView };

interface Unit {
  readonly entity: Entity;
  readonly rows: UnitRows;
  readonly count: number;
  readonly isOwned: boolean | ((key: Key) => boolean);
  /** To be told how many links it had. */
  noteLinks(links: number): void;
}

function* units(models: readonly string[], { schema, closure, sizes }: RowsOptions): Generator<Unit> {
  for (const model of models) {
    const entity = schema.entities.get(model);
    if (entity === undefined) continue;
    const described = closure.described.get(model);
    if (described !== undefined) {
      const { count, role } = described;
      const rows = { by: 'description', set: described } as const;
      yield { entity, rows, count, isOwned: role === 'owned', noteLinks: () => undefined };
    }
    const set = closure.taken.get(model);
    if (set === undefined) continue;
    const allOwned = set.owned.size === set.taken.size;
    const isOwned = allOwned || ((key: Key) => set.owned.has(key));
    if (isWorthSweep(entity, set.taken, closure, sizes)) {
      const rows = { by: 'sweep', keys: set.taken } as const;
      yield { entity, rows, count: set.taken.size, isOwned, noteLinks: () => undefined };
      continue;
    }
    const size = new UnitSize(sizes, closure.links.filter((link) => link.owner.parent === model).length);
    for (const keys of inUnits(set.taken.sorted(), size)) {
      const count = keys.length;
      const noteLinks = (links: number): void => {
        size.note(count, links);
      };
      yield { entity, rows: { by: 'keys', keys }, count, isOwned, noteLinks };
    }
  }
}

function* inUnits(keys: Iterable<Key>, size: UnitSize): Generator<KeyRun> {
  if (isRun(keys)) {
    for (let at = 0; at < keys.length;) {
      const end = Math.min(keys.length, at + size.rows);
      yield keys.slice(at, end);
      at = end;
    }
    return;
  }
  let unit: Key[] = [];
  let { rows } = size;
  for (const key of keys) {
    if (unit.push(key) < rows) continue;
    yield unit;
    unit = [];
    rows = size.rows;
  }
  if (unit.length > 0) yield unit;
}

/** Why a row is missing is looked for only where one is. */
async function* readUnit(reader: RowReader, unit: Unit, options: RowsOptions): AsyncGenerator<Lines> {
  try {
    yield* encodeUnit(reader, unit, options);
  } catch (error) {
    if (!(error instanceof UnresolvedReference)) throw error;
    throw (await brokenConstraintAbove(reader, options.schema, error)) ?? error;
  }
}

async function* encodeUnit(reader: RowReader, unit: Unit, options: RowsOptions): AsyncGenerator<Lines> {
  options.signal?.throwIfAborted();
  const { entity, rows, count } = unit;
  const { schema, closure } = options;
  const { model } = entity;
  const { lists, counts, repeated } = await linkLists(reader, schema, closure, entity, rows.by === 'keys' ? rows.keys : []);
  unit.noteLinks([...counts.values(), ...repeated.values()].reduce((sum, links) => sum + links, 0));
  const encoder = createObjectEncoder({
    entity,
    isOwned: unit.isOwned,
    lists,
    cut: cutsOf(schema, closure, entity),
    references: closedProof(schema, closure, entity),
    lineStart: options.lineStart,
    buffers: options.buffers,
  });
  const none = new Map<string, number>();
  let done = 0;
  for await (const chunk of chunksOf(reader, unit, encoder.columns)) {
    options.signal?.throwIfAborted();
    const bytes = encoder.encode(chunk);
    if (bytes === undefined) continue;
    yield { model, bytes, objects: encoder.count - done, links: none, repeated: none };
    done = encoder.count;
  }
  const read = encoder.count;
  if (read !== count) {
    for (const keys of rows.by === 'description'
      ? []
      : inRuns(rows.by === 'keys' ? rows.keys : rows.keys.sorted(), options.sizes.unit)) {
      const reason = await brokenConstraintBelow(reader, schema, entity, keys);
      if (reason !== undefined) throw reason;
    }
    throw new FailedError('ROWS_MISSING', `${model}: ${String(count)} rows were to be read, ${String(read)} came`, {
      hint: 'This is a defect of Portolan: no archive was written. Please report it.',
    });
  }
  yield { model, bytes: encoder.rest(), objects: read - done, links: counts, repeated };
}

function chunksOf(reader: RowReader, { entity, rows }: Unit, columns: readonly string[]): AsyncIterable<Buffer> {
  switch (rows.by) {
    case 'keys':
      return reader.rows(entity, columns, rows.keys);
    case 'description':
      return reader.rowsOf(rows.set, columns);
    case 'sweep':
      return reader.rowsAmong(entity, columns, rows.keys);
  }
}
