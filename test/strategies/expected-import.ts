import { databaseRefuses } from './database-refuses.js';
import type { Brought, Predicted, Prediction, Row, Rules, Tables, Thing, Value, WorldTable } from './terms.js';
import { drawnOf, homeName } from './terms.js';

type State =
  | { readonly is: 'open' }
  /** A row of the target, and what it holds afterwards. */
  | { readonly is: 'bound'; readonly row: Row; readonly after: Row; readonly how: 'own' | 'natural'; readonly equal: boolean }
  | { readonly is: 'new'; readonly after: Row }
  /** It stays out; the row that is proven to be the same. */
  | { readonly is: 'out'; readonly standIn: Row | undefined }
  | { readonly is: 'conflict' };

/** An object with its references as they lead in the target. */
interface Led {
  readonly after: Row;
  /** Columns whose references are not decided yet. */
  readonly unknown: ReadonlySet<string>;
  /** It needs what stays out, and no row stands in for that. */
  readonly lost: boolean;
  /** Of what is lost, nothing is referred to by its key: a row of the target may hold the same value. */
  readonly byValue: boolean;
  /** The row that it needs has no value to refer to any more. */
  readonly torn: boolean;
}

/**
 * What an import should do, told without any of its code: by rows in memory, one by one, again and again until nothing changes. What refers to
 * an object that is not decided yet is taken for equal so far.
 */
export class ExpectedImport {
  readonly #schema: Readonly<Record<string, WorldTable>>;
  readonly #target: Tables;
  readonly #brought: Brought;
  readonly #rules: Rules;
  readonly #states: State[];
  readonly #unmatched = new Set<number>();
  #before: readonly State[] = [];
  /** Rows that are taken for objects in this round. */
  #claims = new Map<Row, number>();

  constructor(schema: Readonly<Record<string, WorldTable>>, target: Tables, brought: Brought, rules: Rules) {
    this.#schema = schema;
    this.#target = target;
    this.#brought = brought;
    this.#rules = rules;
    this.#states = brought.things.map(() => ({ is: 'open' }));
  }

  predict(): Prediction {
    const { things } = this.#brought;
    for (let told = '', rounds = 0; ; rounds += 1) {
      if (rounds > 500) throw new Error('the model does not settle');
      this.#before = [...this.#states];
      this.#claims = new Map();
      for (const at of things.keys()) this.#states[at] = this.#evaluate(at);
      const now = JSON.stringify(this.#states);
      if (now !== told) {
        told = now;
        continue;
      }
      const open = [...things.keys()].filter((at) => this.#states[at]?.is === 'open');
      if (open.length === 0) break;
      for (const at of open) this.#unmatched.add(at);
    }
    const all = things.map((thing, at) => this.#told(thing, this.#states[at] ?? { is: 'open' }));
    const refused = all.some(({ decision }) => decision === 'conflict') || databaseRefuses(this.#schema, this.#target, all);
    return { refused, all };
  }

  #evaluate(at: number): State {
    const { table, row } = this.#brought.things[at] as Thing;
    const { key, drawn } = this.#schema[table] as WorldTable;
    const strategy = this.#rules.models[table]?.onConflict ?? this.#rules.onConflict;
    const inItsWay = (standIn?: Row): State => (strategy === 'skip' ? { is: 'out', standIn } : { is: 'conflict' });
    const led = this.#lead(table, row);
    const { after, unknown } = led;
    if (led.torn) return inItsWay();
    if (led.lost) {
      const known = led.byValue ? this.#knownAsItIs(at, led) : undefined;
      if (known !== undefined) return known;
      const there = this.#find(table, key, row);
      if (there === undefined || !areEqual(row, there)) return { is: 'out', standIn: undefined };
      return { is: 'bound', row: there, after: there, how: 'own', equal: true };
    }
    const named = this.#byNaturalKey(at, led);
    if (named === 'open') return { is: 'open' };
    if (named.length > 1 || named.some((match) => this.#isAnother(match, at))) return inItsWay();
    const [match] = named;
    if (match !== undefined) {
      const merged = this.#merged(table, match, led);
      if (!areEqual(merged, match) && this.#hits(table, merged, unknown, match).length > 0) return inItsWay();
      return { is: 'bound', row: match, after: merged, how: 'natural', equal: areEqual(after, match, unknown) };
    }
    if (strategy === 'remap' && this.#rules.remap === 'all' && drawn !== undefined) return this.#renewed(at, led, drawn);
    const there = this.#find(table, key, after);
    const hits = (): readonly Row[] => this.#hits(table, after, unknown, there);
    if (there === undefined)
      return hits().length > 0 ? inItsWay(this.#proven(table, led, there)) : { is: 'new', after: this.#whole(table, after) };
    const equal = areEqual(after, there, unknown);
    if (!equal && strategy === 'remap' && drawn !== undefined) return this.#renewed(at, led, drawn);
    if (equal || strategy === 'override') {
      if (this.#isAnother(there, at)) return inItsWay();
      if (!equal && hits().length > 0) return inItsWay();
      return { is: 'bound', row: there, after: equal ? there : { ...there, ...after }, how: 'own', equal };
    }
    return inItsWay(this.#proven(table, led, there));
  }

  /** The row that has its natural key, where nothing is written to it: then nobody asks what it refers to by value. */
  #knownAsItIs(at: number, led: Led): State | undefined {
    const { table } = this.#brought.things[at] as Thing;
    const named = this.#byNaturalKey(at, led);
    const [match] = named === 'open' ? [] : named;
    if (match === undefined || named.length > 1 || this.#isAnother(match, at)) return undefined;
    if (!areEqual(this.#merged(table, match, led), match)) return undefined;
    return { is: 'bound', row: match, after: match, how: 'natural', equal: areEqual(led.after, match, led.unknown) };
  }

  /** Under another key: one from the sequence, or the old one and the offset. */
  #renewed(at: number, { after, unknown }: Led, drawn: string): State {
    const { table, row } = this.#brought.things[at] as Thing;
    const { offset, remap } = this.#rules;
    const { key } = this.#schema[table] as WorldTable;
    const to = offset === undefined ? drawnOf(table, row) : Number(row[drawn]) + offset;
    const moved = { ...after, [drawn]: to };
    const there = this.#find(table, key, moved);
    // What an earlier import brought.
    if (there !== undefined && areEqual(moved, there, unknown))
      return { is: 'bound', row: there, after: there, how: 'own', equal: true };
    const isTaken = remap === 'conflicts' && this.#brought.things.some((one) => one.table === table && one.row[drawn] === to);
    if (there !== undefined || isTaken || this.#hits(table, moved, unknown, undefined).length > 0) return { is: 'conflict' };
    return { is: 'new', after: this.#whole(table, moved) };
  }

  #merged(table: string, match: Row, { after, unknown }: Led): Row {
    const { key } = this.#schema[table] as WorldTable;
    const merge = this.#rules.models[table]?.merge;
    return Object.fromEntries(
      Object.entries(match).map(([name, value]): [string, Value] => {
        const own = after[name];
        if (own === undefined || key.includes(name) || merge === 'keep' || unknown.has(name)) return [name, value];
        return [name, merge === 'take' || value === null ? own : value];
      }),
    );
  }

  /** Rows that have its natural key, where that is what it is known by. */
  #byNaturalKey(at: number, { after, unknown }: Led): readonly Row[] | 'open' {
    const { table } = this.#brought.things[at] as Thing;
    const { merge, naturalKey = [] } = this.#rules.models[table] ?? {};
    if (merge === undefined || this.#unmatched.has(at)) return [];
    if (naturalKey.some((name) => unknown.has(name))) return 'open';
    if (naturalKey.some((name) => after[name] === null || after[name] === undefined)) return [];
    return (this.#target[table] ?? []).filter((other) => naturalKey.every((name) => other[name] === after[name]));
  }

  /** Whether the row is taken for another object already; takes it for this one. */
  #isAnother(match: Row, at: number): boolean {
    const { table } = this.#brought.things[at] as Thing;
    if (this.#rules.models[table]?.merge === undefined) return false;
    const other = this.#claims.get(match) ?? at;
    this.#claims.set(match, other);
    return other !== at;
  }

  /** The only row that can be the same: by all columns of a unique constraint, or by the natural key; never by the key alone, never by NULL. */
  #proven(table: string, { after, unknown }: Led, there: Row | undefined): Row | undefined {
    const { uniques } = this.#schema[table] as WorldTable;
    const names = uniques.flatMap(({ plain, columns }) => (plain && !columns.some((name) => unknown.has(name)) ? [columns] : []));
    const isSame = (columns: readonly string[], other: Row): boolean =>
      columns.every((name) => other[name] !== null && other[name] === after[name]);
    const natural = this.#rules.models[table]?.naturalKey ?? [];
    const rows = (this.#target[table] ?? []).filter(
      (other) =>
        names.some((columns) => isSame(columns, other)) ||
        (other === there && natural.length > 0 && !natural.some((name) => unknown.has(name)) && isSame(natural, other)),
    );
    return rows.length === 1 ? rows[0] : undefined;
  }

  #find(table: string, key: readonly string[], wanted: Row): Row | undefined {
    return this.#target[table]?.find((other) => key.every((name) => other[name] === wanted[name]));
  }

  /** Other rows of the target that no such row can be beside. */
  #hits(table: string, after: Row, unknown: ReadonlySet<string>, own: Row | undefined): readonly Row[] {
    const uniques = (this.#schema[table]?.uniques ?? []).filter(({ columns }) => !columns.some((name) => unknown.has(name)));
    return (this.#target[table] ?? []).filter((row) => row !== own && uniques.some((unique) => unique.clash(row, after)));
  }

  #whole(table: string, after: Row): Row {
    const { columns } = this.#schema[table] as WorldTable;
    const fill = this.#rules.models[table]?.fill ?? {};
    return { ...Object.fromEntries(columns.map((name) => [name, fill[name] ?? null])), ...after };
  }

  /** With what the objects that it refers to are now, as of the last round. */
  #lead(table: string, row: Row): Led {
    const { edges, key } = this.#schema[table] as WorldTable;
    const { things, atHome } = this.#brought;
    const after: Record<string, Value> = { ...row };
    const unknown = new Set<string>();
    let [lost, torn, byValue] = [false, false, true];
    for (const { columns, parent, parentColumns } of edges) {
      const held = columns.map((name) => row[name] ?? null);
      if (held.includes(null)) continue;
      const at = things.findIndex(
        (one) => one.table === parent && parentColumns.every((name, place) => one.row[name] === held[place]),
      );
      const state: State | undefined = this.#before[at];
      const home = atHome.get(homeName(parent, held));
      const isByKey = parentColumns.join() === this.#schema[parent]?.key.join();
      const to = state?.is === 'out' ? state.standIn : state?.is === 'bound' || state?.is === 'new' ? state.after : home;
      if (state?.is === 'open') for (const name of columns) unknown.add(name);
      if (state?.is === 'out' && to === undefined) {
        lost = true;
        if (isByKey) byValue = false;
      }
      if (to === undefined) continue;
      for (const [place, name] of columns.entries()) {
        const value = to[parentColumns[place] ?? ''] ?? null;
        // Nothing that stays out gives a row another key, nor another value.
        if (state?.is === 'out' && value !== held[place] && (!isByKey || key.includes(name))) {
          lost = true;
          byValue = false;
        }
        if (value === null) torn = true;
        after[name] = value;
      }
    }
    return { after, unknown, lost, byValue, torn };
  }

  #told(thing: Thing, state: State): Predicted {
    const { key } = this.#schema[thing.table] as WorldTable;
    const isOwn = (row: Row): boolean => key.every((name) => row[name] === thing.row[name]);
    const nowhere = { thing, before: undefined, after: undefined };
    switch (state.is) {
      case 'open':
        throw new Error('nothing is open at the end');
      case 'conflict':
        return { ...nowhere, decision: 'conflict', now: undefined };
      case 'out':
        return { ...nowhere, decision: 'skip', now: state.standIn };
      case 'new':
        return { ...nowhere, decision: isOwn(state.after) ? 'insert' : 'remap', after: state.after, now: state.after };
      case 'bound': {
        const { row, after, how, equal } = state;
        const decision = how === 'natural' ? (isOwn(row) && equal ? 'same' : 'merge') : equal ? 'same' : 'update';
        return { thing, decision, before: row, after, now: after };
      }
    }
  }
}

/** In the columns that the first has, as far as they are known. */
function areEqual(own: Row, row: Row, unknown: ReadonlySet<string> = new Set()): boolean {
  return Object.entries(own).every(([name, value]) => unknown.has(name) || row[name] === value);
}
