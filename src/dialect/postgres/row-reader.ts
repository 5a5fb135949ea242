import type { Key } from '../../closure/key.js';
import type { KeyView } from '../../closure/key-set.js';
import type { KeyRun } from '../../closure/key-run.js';
import { IntegerKeyRun } from '../../closure/integer-key-run.js';
import { inRuns, isRun } from '../../closure/key-run.js';
import { PackedKeyRun } from '../../closure/packed-key-run.js';
import type { Entity } from '../../schema/schema.js';
import type { BatchSizes } from '../batch-sizes.js';
import { usualBatches } from '../batch-sizes.js';
import type {
  Census,
  ColumnGroup,
  HeldKeys,
  Hop,
  KeyBatch,
  KeyValues,
  RowJoin,
  RowReader,
  RowSelection,
  RowSet,
  Start,
} from '../row-reader.js';
import { isView } from '../row-reader.js';
import type { Purpose } from '../query-event.js';
import type { Session, Statement } from '../session.js';
import type { GroupShape } from './key-parser.js';
import { failedRule, filteredTable, leavingColumn, leavingList } from './filtered-table.js';
import { KeyParser } from './key-parser.js';
import { keyRelation } from './key-relation.js';
import { joinEnds, pairsSql } from './pairs-sql.js';
import { setKeysSql } from './set-keys-sql.js';
import { rangeTests } from './range-tests.js';
import { reachSql } from './reach-sql.js';
import { censusSql, lackingSql, rowsSql } from './row-set-sql.js';
import { heldOnly, isWorthScan, scanSql, valuesOf } from './scan-for-keys.js';
import { selectionSql } from './selection-sql.js';
import { columnList, columnNamed, keyOrderSql, ownRows } from './sql.js';
import { statementOf } from './statement.js';
import { sweepRows } from './sweep-rows.js';
import { wholeRows } from './whole-rows.js';

/** From this version on `= ANY (array)` looks a value up in a hash table; before it compares with each. */
const hashedArrays = 140_000;

/** Reads through COPY, in whatever state of the database the session sees. */
export function createRowReader(session: Session, sizes: BatchSizes = usualBatches): RowReader {
  return {
    keys: (selection, select) => readKeys(session, selection, select, sizes),
    every: (entity, rules, select) => readEvery(session, entity, rules, select),
    pairs: (join, known, keys) => readPairs(session, join, known, keys, sizes),
    rows: (entity, columns, keys) => readRows(session, entity, columns, keys, sizes),
    rowsAmong: (entity, columns, keys) => sweepRows(session, entity, columns, keys),
    reach: (starts, hops, limit) => readReached(session, starts, hops, limit),
    describes: session.server.version >= hashedArrays,
    census: (set, within) => readCensus(session, set, within),
    lacking: (set, within) => readLacking(session, set, within),
    keysOf: (set, select, except) => readSetKeys(session, set, select, except),
    rowsOf: (set, columns) => {
      const sql = statementOf((place) => rowsSql(set, columns, orderOf(set.entity), place));
      return wholeRows(session.copyOut(sql, on(set.entity, 'read rows')));
    },
    table: (entity, columns, by) => session.copyOut(tableSql(entity, columns, by), on(entity, 'read the whole table')),
  };
}

async function* readKeys(
  session: Session,
  selection: RowSelection,
  select: readonly ColumnGroup[],
  sizes: BatchSizes,
): AsyncGenerator<KeyBatch> {
  const { entity, columns, through, values } = selection;
  const by = through === undefined ? columns.join(', ') : `${columns.join(', ')}, by key of ${through.entity.table.name}`;
  const purpose = on(entity, `find rows by ${by}`);
  const asked = withVerdict(entity, selection.rules, select);
  // What rows are held against needs no order.
  const isMany = isView(values) && values.size > (values.listed ? sizes.texts : sizes.integers);
  if (isMany && isWorthScan(selection, values.size)) {
    yield* scanned(session, selection, values, asked, purpose);
    return;
  }
  const all = batches(values, sizes);
  const first = all.next();
  if (first.done === true) return;
  const second = all.next();
  const some = second.done === true ? [first.value] : [first.value, second.value];
  const known = knownCount(values) ?? some.reduce((sum, { length }) => sum + length, 0);
  if (some.length > 1 && isWorthScan(selection, known)) {
    yield* scanned(session, selection, valuesOf(selection, joined(some, all)), asked, purpose);
    return;
  }
  for (const keys of joined(some, all)) {
    const sql = statementOf((place) => selectionSql(selection, asked.columns, keys, place));
    yield* parsed(session, sql, purpose, asked.shapes);
  }
}

/** All rows that may be meant; those that hold one of the values are told here. */
async function* scanned(
  session: Session,
  selection: RowSelection,
  values: KeyView,
  asked: Asked,
  purpose: Purpose,
): AsyncGenerator<KeyBatch> {
  const { entity, columns } = selection;
  const shapes = [...asked.shapes, ...shapesOf(entity, [columns])];
  for await (const batch of parsed(session, scanSql(selection, [...asked.columns, ...columns]), purpose, shapes)) {
    const held = heldOnly(batch, values);
    if (held.count > 0) yield held;
  }
}

function readEvery(
  session: Session,
  entity: Entity,
  rules: RowSelection['rules'],
  select: readonly ColumnGroup[],
): AsyncIterable<KeyBatch> {
  const { columns, shapes } = withVerdict(entity, rules, select);
  const table = filteredTable(entity, { when: undefined, where: undefined, rules, read: columns });
  const sql = `COPY (SELECT ${leavingList(entity, columns, 't').join(', ')} FROM ${table} t) TO STDOUT`;
  return parsed(session, sql, on(entity, 'find all rows'), shapes);
}

interface Asked {
  readonly columns: readonly string[];
  readonly shapes: readonly GroupShape[];
}

/** What is selected, and the rule that each row fails where there are rules. */
function withVerdict(entity: Entity, rules: RowSelection['rules'], select: readonly ColumnGroup[]): Asked {
  const shapes = shapesOf(entity, select);
  if (rules === undefined || rules.length === 0) return { columns: select.flat(), shapes };
  return { columns: [...select.flat(), failedRule], shapes: [...shapes, { columns: 1, integer: true }] };
}

function readSetKeys(
  session: Session,
  set: RowSet,
  select: readonly ColumnGroup[],
  except: RowSelection['except'],
): AsyncIterable<KeyBatch> {
  const purpose = on(set.entity, `find rows by ${set.anyOf.map(({ column }) => column).join(' or ')}`);
  const sql = statementOf((place) => setKeysSql(set, select.flat(), except, place));
  return parsed(session, sql, purpose, shapesOf(set.entity, select));
}

async function* readReached(
  session: Session,
  starts: readonly Start[],
  hops: readonly Hop[],
  limit: number,
): AsyncGenerator<KeyBatch> {
  const integer = hops.every(({ holder, to }) => isInteger(holder, [to]));
  const shapes = [
    { columns: 1, integer: true },
    { columns: 1, integer },
  ];
  const purpose = { what: 'look ahead along a chain', table: hops[0]?.holder.table };
  yield* parsed(session, reachSql(starts, hops, limit), purpose, shapes);
}

async function* readPairs(
  session: Session,
  join: RowJoin,
  known: 0 | 1,
  keys: Iterable<Key>,
  sizes: BatchSizes,
): AsyncGenerator<KeyBatch> {
  const shapes = joinEnds(join).map(({ entity }) => ({ columns: entity.key.length, integer: isInteger(entity, entity.key) }));
  const purpose = on(join.holder, `find what ${join.references.flatMap(({ columns }) => columns).join(', ')} leads to`);
  for (const some of batches(keys, sizes)) {
    yield* parsed(
      session,
      statementOf((place) => pairsSql(join, known, some, place)),
      purpose,
      shapes,
    );
  }
}

async function* parsed(
  session: Session,
  sql: string | Statement,
  purpose: Purpose,
  shapes: readonly GroupShape[],
): AsyncGenerator<KeyBatch> {
  const parser = new KeyParser(shapes);
  for await (const chunk of session.copyOut(sql, purpose)) {
    const batch = parser.parse(chunk);
    if (batch.count > 0) yield batch;
  }
}

async function readCensus(session: Session, set: RowSet, within: readonly HeldKeys[]): Promise<Census> {
  const { length } = set.anyOf;
  const { length: rules } = set.rules ?? [];
  const shapes = Array.from({ length: length + rules + 1 }, () => ({ columns: 1, integer: true }));
  const sql = statementOf((place) => censusSql(set, within, place));
  let counts: readonly number[] = [];
  for await (const { groups } of parsed(session, sql, on(set.entity, 'count rows'), shapes)) {
    counts = groups.map(([count]) => Number(count));
  }
  return { brought: counts.slice(0, length), failed: counts.slice(length, -1), lacking: counts.at(-1) ?? 0 };
}

async function* readLacking(session: Session, set: RowSet, within: readonly HeldKeys[]): AsyncGenerator<KeyBatch> {
  const parser = new KeyParser(
    within.map(({ column }) => ({ columns: 1, integer: columnNamed(set.entity, column).kind === 'integer' })),
  );
  const sql = statementOf((place) => lackingSql(set, within, place));
  for await (const chunk of session.copyOut(sql, on(set.entity, 'find what rows need'))) yield parser.parse(chunk);
}

function tableSql(entity: Entity, columns: readonly string[], by: readonly string[]): string {
  return `COPY (SELECT ${columnList(columns, 't')} FROM ${ownRows(entity)} t ORDER BY ${orderOf(entity, by)}) TO STDOUT`;
}

function orderOf(entity: Entity, by: readonly string[] = entity.key): string {
  return by.map((name) => keyOrderSql(columnNamed(entity, name), 't')).join(', ');
}

async function* readRows(
  session: Session,
  entity: Entity,
  columns: readonly string[],
  keys: Iterable<Key>,
  sizes: BatchSizes,
): AsyncGenerator<Buffer> {
  const keyColumns = entity.key.map((name) => columnNamed(entity, name));
  if (keyColumns.length === 0) throw new TypeError(`${entity.model} has no key by which rows could be read`);
  const order = orderOf(entity);
  const leavingRows = filteredTable(entity, { when: undefined, where: undefined, replaced: true });
  const list = columns.map((name) => `t.${leavingColumn(entity, name)}`).join(', ');
  for (const batch of batches(keys, sizes)) {
    const sql = statementOf((place) => {
      const { tables, conditions } = keyRelation(keyColumns, batch, 't', place);
      const from = [...tables, `${leavingRows} t`].join(', ');
      const where = [...conditions, ...rangeTests(keyColumns, batch, 't')].join(' AND ');
      return `COPY (SELECT ${list} FROM ${from} WHERE ${where} ORDER BY ${order}) TO STDOUT`;
    });
    yield* wholeRows(session.copyOut(sql, on(entity, 'read rows by key')));
  }
}

function on({ table }: Entity, what: string): Purpose {
  return { what, table };
}

function shapesOf(entity: Entity, groups: readonly ColumnGroup[]): readonly GroupShape[] {
  return groups.map((group) => ({ columns: group.length, integer: isInteger(entity, group) }));
}

function isInteger(entity: Entity, group: ColumnGroup): boolean {
  const [name] = group;
  return group.length === 1 && name !== undefined && columnNamed(entity, name).kind === 'integer';
}

function* joined<T>(some: readonly T[], others: Iterable<T>): Generator<T> {
  yield* some;
  yield* others;
}

function* batches(values: KeyValues, { integers, texts }: BatchSizes): Generator<KeyRun> {
  const keys = isView(values) ? values.sorted() : values;
  // What is packed, or fits in one statement, need not be copied.
  if (keys instanceof PackedKeyRun || (isRun(keys) && keys.length <= Math.min(integers, texts))) {
    yield* inRuns(keys, texts);
    return;
  }
  if (keys instanceof IntegerKeyRun) {
    yield* inRuns(keys, integers);
    return;
  }
  let batch: Key[] = [];
  for (const key of keys) {
    if (batch.push(key) < (typeof key === 'number' ? integers : texts)) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function knownCount(values: KeyValues): number | undefined {
  if (isView(values)) return values.size;
  return isRun(values) ? values.length : undefined;
}
