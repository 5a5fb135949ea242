import type { Closure } from '../../src/closure/closure.js';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import type { KeySet } from '../../src/closure/key-set.js';
import type { ClosureOptions, TakenClosure } from '../../src/closure/take-closure.js';
import { takeClosure } from '../../src/closure/take-closure.js';
import { createRowReader } from '../../src/dialect/postgres/row-reader.js';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import type { RowReader } from '../../src/dialect/row-reader.js';
import { Findings } from '../../src/findings/finding.js';
import type { ParsedPolicy } from '../../src/policy/parsed-policy.js';
import type { Schema } from '../../src/schema/schema.js';
import type { Chart } from '../schema/chart.js';

export interface TakeOptions extends Partial<Omit<ClosureOptions, 'seeds' | 'schema'>> {
  /** Keys by table. */
  readonly seeds: Readonly<Record<string, readonly Key[]>>;
  readonly policy?: Partial<ParsedPolicy>;
}

/** A closure, and how it was come by. */
export interface Taking {
  readonly closure: Closure;
  readonly why: TakenClosure['why'];
  /** What was asked of the database, in order: `song by album (2)`. */
  readonly reads: readonly string[];
  /** `model.key` of all rows that were listed, marked `!` where they are owned and `+` where they are expanded. */
  readonly rows: readonly string[];
  /** Tables whose rows were described by what they hold. */
  readonly described: readonly string[];
  readonly steps: readonly string[];
  readonly progress: readonly string[];
}

/** Takes a closure of tables in the schema `public`, with the real reader, and calls `then` while its session is open. */
export async function takeFrom<T>(chart: Chart, options: TakeOptions, then: (taking: Taking) => T | Promise<T>): Promise<T> {
  const { seeds, policy, ...more } = options;
  const schema = policy === undefined ? chart.schema : await chart.under(policy);
  const session = await openReadSession(chart.dataSource);
  const reads: string[] = [];
  const progress: string[] = [];
  try {
    const taken = await takeClosure({
      schema,
      reader: watched(createRowReader(session), reads),
      follow: 'owned',
      seeds: keySets(schema, seeds),
      roots: new Set(),
      boundary: new Map(),
      exclude: new Map(),
      rules: new Map(),
      whole: new Set(),
      sharedAsKey: () => false,
      findings: new Findings(),
      onProgress: ({ stage, model, done, total }) =>
        progress.push(`${stage}: ${String(done)} of ${String(total)}, ${short(model)}`),
      ...more,
    });
    const { closure } = taken;
    const rows = [...closure.taken].flatMap(([model, { taken, owned, expanded }]) =>
      [...taken.sorted()].map((key) => `${short(model)}.${String(key)}${owned.has(key) ? '!' : expanded.has(key) ? '+' : ''}`),
    );
    const steps = closure.steps.map(
      ({ depth, via, direction, model, count }) =>
        `${String(depth)} ${direction} ${short(via)}: ${String(count)} ${short(model)}`,
    );
    const described = [...closure.described.keys()].map(short);
    return await then({
      closure,
      why: (model, key) => taken.why(model, key),
      reads,
      steps,
      progress,
      rows: rows.sort(),
      described,
    });
  } finally {
    await session.close();
  }
}

function keySets(schema: Schema, seeds: TakeOptions['seeds']): ReadonlyMap<string, KeySet> {
  return new Map(
    Object.entries(seeds).map(([table, keys]) => {
      const model = `public.${table}`;
      const set = createKeySet(schema.entities.get(model) ?? { columns: [], key: [] });
      for (const key of keys) set.add(key);
      return [model, set];
    }),
  );
}

/** The reader itself, with a list of what it is asked. */
function watched(reader: RowReader, reads: string[]): RowReader {
  return {
    ...reader,
    keys: (selection, select) => {
      const values = [...('sorted' in selection.values ? selection.values.sorted() : selection.values)];
      const { entity, columns, through, except = [] } = selection;
      const spared = except.map(({ column, keys }) => ` but ${column} (${String(keys.length)})`);
      const by = `${columns.join('+')}${through === undefined ? '' : ` through ${short(through.entity.model)}`}`;
      // For no values no statement is sent.
      if (values.length > 0) reads.push(`${short(entity.model)} by ${by} (${String(values.length)})${spared.join('')}`);
      return reader.keys({ ...selection, values }, select);
    },
    keysOf: (set, select, except = []) => {
      const spared = except.map(({ column, keys }) => ` but ${column} (${String(keys.length)})`);
      const by = set.anyOf.map(({ column, keys }) => `${column} (${String(keys.size)})`);
      reads.push(`${short(set.entity.model)} by ${by.join(' or ')}${spared.join('')}`);
      return reader.keysOf(set, select, except);
    },
    reach: (starts, hops, limit) => {
      reads.push(`rows ahead by ${[...new Set(hops.map(({ holder, to }) => `${short(holder.model)}.${to}`))].join(', ')}`);
      return reader.reach(starts, hops, limit);
    },
    pairs: (join, known, keys) => {
      reads.push(`pairs of ${short(join.holder.model)}`);
      return reader.pairs(join, known, keys);
    },
    census: (set, within) => {
      reads.push(`count of ${short(set.entity.model)} by ${set.anyOf.map(({ column }) => column).join(' or ')}`);
      return reader.census(set, within);
    },
    lacking: (set, within) => {
      reads.push(`needs of ${short(set.entity.model)}`);
      return reader.lacking(set, within);
    },
  };
}

function short(model: string): string {
  return model.replace('public.', '');
}
