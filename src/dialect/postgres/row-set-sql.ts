import { heldRun } from '../../closure/held-run.js';
import type { KeyRun } from '../../closure/key-run.js';
import type { Entity } from '../../schema/schema.js';
import type { HeldKeys, RowSet } from '../row-reader.js';
import { failedRule, filteredTable, leavingColumn } from './filtered-table.js';
import { keyTest } from './key-relation.js';
import { columnNamed, quoteIdentifier } from './sql.js';
import type { PlaceElements } from './statement.js';

/**
 * Statements over sets that are described by what their rows hold. The keys stand in the statement as arrays, which PostgreSQL looks
 * up in a hash table (from version 14 on) or by index, whichever it finds cheaper.
 */
export function rowsSql(set: RowSet, columns: readonly string[], order: string, place: PlaceElements): string {
  const { entity, rules = [] } = set;
  const test = keyTests(entity, place);
  const where = rules.length === 0 ? undefined : rules.map((keep) => `(${keep}\n)`).join(' AND ');
  const table = filteredTable(entity, { when: undefined, where, replaced: true });
  const list = columns.map((name) => `t.${leavingColumn(entity, name)}`).join(', ');
  const fallen = withoutSome(set, test).map((one) => ` AND (${one}) IS NOT TRUE`);
  return `COPY (SELECT ${list} FROM ${table} t WHERE ${leaves(set, test)}${fallen.join('')} ORDER BY ${order}) TO STDOUT`;
}

/** One row: a count for each entry of `anyOf`, of rows that no earlier one brings; for each rule; then that of rows that lack something. */
export function censusSql(set: RowSet, within: readonly HeldKeys[], place: PlaceElements): string {
  const { from, brought, lacks, isIn } = tested(set, within, place);
  const counts = brought.map((one, at) => {
    const earlier = brought.slice(0, at).map((before) => ` AND NOT ${before}`);
    return counted(`${one}${earlier.join('')}${isIn}`);
  });
  const failed = (set.rules ?? []).map((_, at) => counted(`(${some(brought)}) AND failed = ${String(at)}`));
  const lacking = counted(`(${some(brought)}) AND (${some(lacks)})${isIn}`);
  return `COPY (SELECT ${[...counts, ...failed, lacking].join(', ')} FROM ${from}) TO STDOUT`;
}

/** The columns of `within` of the rows that lack something, NULL where the column lacks nothing. */
export function lackingSql(set: RowSet, within: readonly HeldKeys[], place: PlaceElements): string {
  const { from, brought, lacks, isIn } = tested(set, within, place);
  const columns = lacks.map((lack, at) => `CASE WHEN ${lack} THEN v${String(at)} END`);
  return `COPY (SELECT ${columns.join(', ')} FROM ${from} WHERE (${some(brought)}) AND (${some(lacks)})${isIn}) TO STDOUT`;
}

interface Tested {
  /** Rows of the table, some of them perhaps not of the set: columns `b0 …` say what brings them, `v0 …` are those of `within`. */
  readonly from: string;
  readonly brought: readonly string[];
  readonly lacks: readonly string[];
  /** That a row that is brought is one of the set, to be added to a condition. */
  readonly isIn: string;
}

/**
 * To look many keys up is what such a statement takes its time for: each test is made once. OFFSET 0 keeps the planner from moving the
 * tests to where they are used, and so from making them several times.
 */
function tested(set: RowSet, within: readonly HeldKeys[], place: PlaceElements): Tested {
  const { entity, rules = [] } = set;
  const test = keyTests(entity, place);
  const columns = set.anyOf.map((one, at) => `(${test(one, 'value')}) IS TRUE AS b${String(at)}`);
  const lacks = within.map((one, at) => {
    const value = `v${String(at)}`;
    columns.push(`t.${quoteIdentifier(one.column)} AS ${value}`);
    const made = set.anyOf.findIndex((other) => isSame(one, other));
    if (made >= 0) return set.anyOf.length === 1 ? 'false' : `(${value} IS NOT NULL AND NOT b${String(made)})`;
    columns.push(`(${test(one, 'value')}) IS NOT TRUE AS l${String(at)}`);
    return `(${value} IS NOT NULL AND l${String(at)})`;
  });
  if (rules.length > 0) columns.push(`t.${quoteIdentifier(failedRule)} AS failed`);
  const fallen = withoutSome(set, test);
  fallen.forEach((one, at) => columns.push(`(${one}) IS TRUE AS x${String(at)}`));
  const where = isMuchOfTable(set) ? '' : ` WHERE ${anyOf(set, test)}`;
  const table = filteredTable(entity, { when: undefined, where: undefined, rules });
  return {
    from: `(SELECT ${columns.join(', ')} FROM ${table} t${where} OFFSET 0) tested`,
    brought: set.anyOf.map((_, at) => `b${String(at)}`),
    lacks,
    isIn: [...(rules.length > 0 ? ['failed IS NULL'] : []), ...fallen.map((_, at) => `NOT x${String(at)}`)]
      .map((one) => ` AND ${one}`)
      .join(''),
  };
}

function counted(condition: string): string {
  return `pg_catalog.count(*) FILTER (WHERE ${condition})`;
}

function withoutSome({ without = [] }: RowSet, test: KeyTest): readonly string[] {
  return without.map((one) => test(one, 'value'));
}

/** Whether the whole table is to be read in any case, so that a condition would only test every row twice. */
function isMuchOfTable({ entity, anyOf: sets }: RowSet): boolean {
  const keys = sets.reduce((sum, one) => sum + one.keys.size, 0);
  return entity.estimatedRows >= 0 && keys >= entity.estimatedRows / 10;
}

function some(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.join(' OR ');
}

/** A row that holds one of some of the keys which bring rows is brought: that it holds one of all of them need not be asked. */
function leaves(set: RowSet, test: KeyTest): string {
  const { among } = set;
  if (among === undefined) return `(${anyOf(set, test)})`;
  const holdsSome = test(among, 'condition');
  const isPart = set.anyOf.some(({ column, of }) => column === among.column && of === among.of);
  return isPart ? holdsSome : `(${anyOf(set, test)}) AND ${holdsSome}`;
}

function anyOf(set: RowSet, test: KeyTest): string {
  return set.anyOf.map((one) => test(one, 'condition')).join(' OR ');
}

type KeyTest = (held: HeldKeys, use: 'condition' | 'value') => string;

/** Several tests of one statement are of the same keys: these are put in order once. */
function keyTests(entity: Entity, place: PlaceElements): KeyTest {
  const runs = new Map<HeldKeys['keys'], KeyRun>();
  return ({ column, keys }, use) => {
    const own = columnNamed(entity, column);
    const run = runs.get(keys) ?? heldRun(own, keys);
    runs.set(keys, run);
    return keyTest(own, run, 't', use, place);
  };
}

/** The keys of one model are all of one set, or of a part of it. */
function isSame(one: HeldKeys, other: HeldKeys): boolean {
  return one.column === other.column && one.of === other.of && one.keys.size === other.keys.size;
}
