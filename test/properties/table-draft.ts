import type { ColumnSet, UniqueSet } from './key-kinds.js';
import { uniqueSets } from './key-kinds.js';
import type { MadeColumn, MadeTable } from './made-database.js';

/** A table to which columns are still added, with their values in every row. */
export class TableDraft {
  readonly name: string;
  readonly key: ColumnSet;
  readonly mapped: boolean;
  /** Whether the key is the primary one, or only unique. */
  primary = true;
  /** The table whose key the key begins with, and the place of each row's own there. */
  owner: { readonly table: TableDraft; readonly place: (row: number) => number } | undefined;
  readonly #keyKind: string;
  readonly #columns: MadeColumn[] = [];
  readonly #uniques = new Map<string, readonly string[]>();
  readonly #rows: (string | null)[][];

  /** The places are those of the key's values. */
  constructor(name: string, key: ColumnSet, keyKind: string, mapped: boolean, places: readonly number[]) {
    this.name = name;
    this.key = key;
    this.mapped = mapped;
    this.#keyKind = keyKind;
    this.#rows = places.map((place) => [...key.values(place)]);
  }

  get count(): number {
    return this.#rows.length;
  }

  add(columns: readonly MadeColumn[], values: (row: number) => readonly (string | null)[]): void {
    this.#columns.push(...columns);
    for (const [at, row] of this.#rows.entries()) row.push(...values(at));
  }

  unique(columns: readonly string[]): void {
    this.#uniques.set(columns.join(), columns);
  }

  /** Columns that references may hold instead of the key. */
  addUniqueSet(name: UniqueSet): void {
    const { columns, values } = uniqueSets[name];
    const names = columns.map(([column]) => column);
    if (this.#uniques.has(names.join())) return;
    this.unique(names);
    this.add(
      columns.map(([column, type]) => ({ name: column, type, required: false })),
      values,
    );
  }

  finish(isJoinTable: boolean): MadeTable {
    return {
      name: this.name,
      model: `public.${this.name}`,
      key: this.key,
      keyKind: this.#keyKind,
      primary: this.primary,
      mapped: this.mapped,
      isJoinTable,
      columns: this.#columns,
      uniques: [...this.#uniques.values()],
      rows: this.#rows,
    };
  }
}
