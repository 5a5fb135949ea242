import type { ConflictStrategy, MergeRule, RemapRule } from '../../src/index.js';

/** What an import should do, told without any of its code: by rows in memory, one by one, again and again until nothing changes. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;
export type Tables = Readonly<Record<string, readonly Row[]>>;

export interface Edge {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

export interface ModelTable {
  readonly key: readonly string[];
  readonly uniques: readonly (readonly string[])[];
  readonly edges: readonly Edge[];
  /** The key's column that a sequence gives. */
  readonly drawn: string | undefined;
}

export interface Rules {
  readonly strategy: ConflictStrategy;
  readonly rule: RemapRule;
  /** By table: the natural key, and what becomes of the other columns. */
  readonly merges: Readonly<Record<string, { readonly naturalKey: readonly string[]; readonly merge: MergeRule }>>;
}

export interface Thing {
  readonly table: string;
  readonly row: Row;
}

type State =
  | { readonly is: 'open' }
  /** A row of the target, by its place, with what it holds afterwards. */
  | { readonly is: 'bound'; readonly row: Row; readonly after: Row; readonly how: 'own' | 'natural'; readonly equal: boolean }
  | { readonly is: 'new'; readonly fresh: boolean; readonly after: Row }
  | { readonly is: 'conflict' };

export interface Predicted {
  readonly thing: Thing;
  readonly decision: 'insert' | 'same' | 'update' | 'merge' | 'remap' | 'conflict';
  /** The target's row that it is; undefined for a new one. */
  readonly before: Row | undefined;
  /** As far as no key that is drawn is in it: these are {@link Drawn}. */
  readonly after: Row | undefined;
}

/** Stands for the key that an object gets from a sequence. */
export const drawnOf = (table: string, row: Row): string => `drawn ${table} ${String(row['id'])}`;

export class RemapModel {
  readonly #schema: Readonly<Record<string, ModelTable>>;
  readonly #target: Tables;
  readonly #things: readonly Thing[];
  readonly #rules: Rules;
  readonly #states: State[];
  readonly #unmatched = new Set<number>();
  #before: readonly State[] = [];

  constructor(schema: Readonly<Record<string, ModelTable>>, target: Tables, things: readonly Thing[], rules: Rules) {
    this.#schema = schema;
    this.#target = target;
    this.#things = things;
    this.#rules = rules;
    this.#states = things.map(() => ({ is: 'open' }));
  }

  predict(): { readonly refused: boolean; readonly all: readonly Predicted[] } {
    for (let told = ''; ;) {
      this.#before = [...this.#states];
      for (const at of this.#things.keys()) this.#states[at] = this.#evaluate(at);
      const now = JSON.stringify(this.#states);
      if (now !== told) {
        told = now;
        continue;
      }
      const open = [...this.#things.keys()].filter((at) => this.#states[at]?.is === 'open');
      if (open.length === 0) break;
      for (const at of open) this.#unmatched.add(at);
    }
    const all = this.#things.map((thing, at) => this.#told(thing, this.#states[at] ?? { is: 'open' }));
    const refused =
      all.some(({ decision }) => decision === 'conflict') ||
      this.#areTwice() ||
      all.some((one) => this.#hits(one)) ||
      this.#collide(all) ||
      this.#dangles(all);
    return { refused, all };
  }

  #evaluate(at: number): State {
    const { table, row } = this.#things[at] as Thing;
    const { key, drawn } = this.#schema[table] as ModelTable;
    const { strategy, rule } = this.#rules;
    const { after, unknown, torn } = this.#follow(table, row);
    if (torn) return { is: 'conflict' };
    const theirs = this.#target[table] ?? [];
    const natural = this.#rules.merges[table];
    if (natural !== undefined && !this.#unmatched.has(at)) {
      if (natural.naturalKey.some((name) => unknown.has(name))) return { is: 'open' };
      const match = natural.naturalKey.some((name) => after[name] === null)
        ? undefined
        : theirs.find((other) => natural.naturalKey.every((name) => other[name] === after[name]));
      if (match !== undefined) {
        const merged = Object.fromEntries(
          Object.entries(match).map(([name, value]): [string, Value] => {
            if (key.includes(name) || natural.merge === 'keep' || unknown.has(name)) return [name, value];
            const own = after[name] ?? null;
            return [name, natural.merge === 'take' || value === null ? own : value];
          }),
        );
        const equal = Object.keys(match).every((name) => unknown.has(name) || match[name] === after[name]);
        return { is: 'bound', row: match, after: merged, how: 'natural', equal };
      }
    }
    if (strategy === 'remap' && rule === 'all' && drawn !== undefined) return this.#fresh(table, row, after, drawn);
    const match = theirs.find((other) => key.every((name) => other[name] === after[name]));
    if (match === undefined) return { is: 'new', fresh: false, after };
    const equal = Object.keys(match).every((name) => unknown.has(name) || match[name] === after[name]);
    if (equal) return { is: 'bound', row: match, after: match, how: 'own', equal };
    if (strategy === 'override') return { is: 'bound', row: match, after, how: 'own', equal };
    return strategy === 'remap' && drawn !== undefined ? this.#fresh(table, row, after, drawn) : { is: 'conflict' };
  }

  #fresh(table: string, row: Row, after: Row, drawn: string): State {
    return { is: 'new', fresh: true, after: { ...after, [drawn]: drawnOf(table, row) } };
  }

  /** With what the objects that it refers to are now, as of the last round. */
  #follow(table: string, row: Row): { readonly after: Row; readonly unknown: ReadonlySet<string>; readonly torn: boolean } {
    const after: Record<string, Value> = { ...row };
    const unknown = new Set<string>();
    let torn = false;
    for (const { columns, parent, parentColumns } of this.#schema[table]?.edges ?? []) {
      const at = this.#things.findIndex(
        (one) =>
          one.table === parent &&
          columns.every((name, place) => row[name] !== null && one.row[parentColumns[place] ?? ''] === row[name]),
      );
      const state = this.#before[at];
      if (state === undefined || state.is === 'conflict') continue;
      if (state.is === 'open') for (const name of columns) unknown.add(name);
      else
        for (const [place, name] of columns.entries()) {
          const value = state.after[parentColumns[place] ?? ''] ?? null;
          if (value === null) torn = true;
          after[name] = value;
        }
    }
    return { after, unknown, torn };
  }

  #told(thing: Thing, state: State): Predicted {
    const { key } = this.#schema[thing.table] as ModelTable;
    switch (state.is) {
      case 'open':
        throw new Error('nothing is open at the end');
      case 'conflict':
        return { thing, decision: 'conflict', before: undefined, after: undefined };
      case 'new': {
        const isOwn = key.every((name) => state.after[name] === thing.row[name]);
        return { thing, decision: isOwn ? 'insert' : 'remap', before: undefined, after: state.after };
      }
      case 'bound': {
        const { row, after, how, equal } = state;
        const isOwn = key.every((name) => row[name] === thing.row[name]);
        const decision = how === 'natural' ? (isOwn && equal ? 'same' : 'merge') : equal ? 'same' : 'update';
        return { thing, decision, before: row, after };
      }
    }
  }

  /** Two objects that are one row. */
  #areTwice(): boolean {
    const rows = this.#states.flatMap((state) => (state.is === 'bound' ? [state.row] : []));
    return new Set(rows).size < rows.length;
  }

  /** Another row of the target has what it will hold in unique columns. */
  #hits({ thing: { table }, before, after }: Predicted): boolean {
    if (after === undefined || JSON.stringify(before) === JSON.stringify(after)) return false;
    const others = (this.#target[table] ?? []).filter((row) => row !== before);
    return (this.#schema[table]?.uniques ?? []).some((columns) => others.some((row) => isSame(columns, row, after)));
  }

  /** A row refers to what no row holds any more: the value that another row referred to was overwritten. */
  #dangles(all: readonly Predicted[]): boolean {
    const final = new Map(Object.keys(this.#schema).map((table) => [table, finalRows(table, this.#target, all)]));
    return Object.entries(this.#schema).some(([table, { edges }]) =>
      edges.some(({ columns, parent, parentColumns }) =>
        (final.get(table) ?? []).some(
          (row) =>
            columns.every((name) => row[name] !== null) &&
            !(final.get(parent) ?? []).some((other) => columns.every((name, at) => other[parentColumns[at] ?? ''] === row[name])),
        ),
      ),
    );
  }

  /** Two rows have the same key, or the same in unique columns, when all is written. */
  #collide(all: readonly Predicted[]): boolean {
    return Object.entries(this.#schema).some(([table, { key, uniques }]) => {
      const rows = finalRows(table, this.#target, all);
      return [key, ...uniques].some((columns) =>
        rows.some((row, at) => rows.slice(at + 1).some((other) => isSame(columns, row, other))),
      );
    });
  }
}

/** The table when all is written. */
export function finalRows(table: string, target: Tables, all: readonly Predicted[]): readonly Row[] {
  const own = all.filter(({ thing }) => thing.table === table);
  const changed = new Map(
    own.flatMap(({ before, after }) => (before === undefined || after === undefined ? [] : [[before, after]])),
  );
  const added = own.flatMap(({ before, after }) => (before === undefined && after !== undefined ? [after] : []));
  return [...(target[table] ?? []).map((row) => changed.get(row) ?? row), ...added];
}

function isSame(columns: readonly string[], a: Row, b: Row): boolean {
  return columns.every((name) => a[name] !== null && a[name] === b[name]);
}
