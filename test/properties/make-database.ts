import type { ColumnSet, UniqueSet } from './key-kinds.js';
import { absent, heldValues, simpleKey, uniqueSets } from './key-kinds.js';
import type { MadeDatabase, MadeLink, MadeReference } from './made-database.js';
import type { Draw } from './random-schema.js';
import { TableDraft } from './table-draft.js';

/** Makes of a draw what it can mean: names, columns, and rows whose references lead where they say. */
export function makeDatabase(draw: Draw): MadeDatabase {
  const maker = new Maker();
  for (const one of draw.tables) maker.addTable(one);
  const inner = [...maker.tables];
  for (const one of draw.references) maker.addReference(pick(inner, one.child), pick(inner, one.parent), one, draw.dangling);
  for (const one of draw.circles) {
    const length = Math.min(one.length, inner.length);
    for (let at = 0; at < length; at += 1) {
      const [child, parent] = [pick(inner, one.start + at), pick(inner, one.start + ((at + 1) % length))];
      maker.addEdge(child, parent, { ...plain, ...one, places: placesOf({ ...one, unique: false }, child, parent, false) });
    }
  }
  for (const one of draw.siblings) maker.addSibling(one, inner);
  for (const one of draw.leaves) maker.addLeaf(one, inner);
  // Every table takes part: what no entity maps hangs on one that an entity maps.
  for (const table of maker.tables) {
    const first = pick(inner, 0);
    const places = Array.from({ length: table.count }, (_, at) => (at % 2 === 0 ? null : 0));
    if (!table.mapped) maker.addEdge(table, first, { ...plain, places });
  }
  for (const one of draw.links) maker.addLink(one, inner);
  return maker.finish();
}

interface Edge extends Pick<MadeReference, 'required' | 'unique' | 'constraint' | 'deferrable' | 'shown' | 'eager'> {
  readonly target: 'key' | UniqueSet;
  readonly when: boolean;
  readonly widened: boolean;
  readonly asText: boolean;
  /** By row of the child: the place of the parent, `absent` for one that is not there, null for none. */
  readonly places: readonly (number | null)[];
  /** The child's key columns, where they hold the reference. */
  readonly inKey?: readonly string[];
  /** The first of its columns, where they belong to the child's key, too. */
  readonly shared?: readonly string[];
}

const plain = {
  target: 'key',
  required: false,
  unique: false,
  constraint: 'validated',
  deferrable: false,
  shown: 'catalog',
  when: false,
  eager: false,
  widened: false,
  asText: false,
} as const;

/** Types that hold all that another does, and compare with it. */
const wider: Readonly<Record<string, string>> = { integer: 'bigint', text: 'character varying' };

const ids: ReadonlySet<string> = new Set(['integer', 'bigint', 'uuid']);

class Maker {
  readonly tables: TableDraft[] = [];
  readonly #references: MadeReference[] = [];
  readonly #links: MadeLink[] = [];

  addTable({ key: kind, from, mapped, rows }: Draw['tables'][number]): void {
    const before = this.tables;
    if (before.length === 0 || (kind !== 'foreign' && kind !== 'weak')) {
      const own = kind === 'foreign' || kind === 'weak' ? 'integer' : kind;
      this.#begin(simpleKey(own), own, mapped || before.length === 0, rows);
      return;
    }
    const parent = pick(before, from);
    const inKey = parent.key.columns.map(([name]) => `k_${name}`);
    const columns = parent.key.columns.map(([name, type]) => [`k_${name}`, type] as const);
    const weak: ColumnSet = {
      columns: [...columns, ['line', 'integer']],
      values: (place) => [...parent.key.values((place * 3) % parent.count), String(place)],
    };
    const isForeign = kind === 'foreign';
    const kept = isForeign ? rows.slice(0, parent.count) : rows;
    const table = this.#begin(isForeign ? { columns, values: parent.key.values } : weak, kind, mapped, kept);
    const places = kept.map((_, place) => (isForeign ? place : (place * 3) % parent.count));
    if (!isForeign) table.owner = { table: parent, place: (place) => (place * 3) % parent.count };
    this.addEdge(table, parent, { ...plain, required: true, unique: isForeign, inKey, places });
  }

  addSibling(
    { child: at, parent: to, required, deferrable, targets }: Draw['siblings'][number],
    inner: readonly TableDraft[],
  ): void {
    const owned = inner.filter(({ owner }) => owner !== undefined);
    if (owned.length === 0) return;
    const child = pick(owned, at);
    const { owner } = child;
    const parent = pick(
      owned.filter((other) => other.owner?.table === owner?.table),
      to,
    );
    const places = Array.from({ length: child.count }, (_, row) => {
      const target = targets[row] ?? 0;
      if (!required && target % 3 === 2) return null;
      const same = [...Array(parent.count).keys()].filter((place) => parent.owner?.place(place) === owner?.place(row));
      return same.length === 0 ? null : pick(same, target);
    });
    const shared = child.key.columns.slice(0, -1).map(([name]) => name);
    this.addEdge(child, parent, { ...plain, required, deferrable, shared, places });
  }

  addReference(child: TableDraft, parent: TableDraft, one: Draw['references'][number], dangling: boolean): void {
    // Only entities have relations; what no entity maps is known by its constraints.
    const isKnown = child.mapped && (parent.mapped || one.shown === 'policy');
    const shown = isKnown ? one.shown : 'catalog';
    const constraint =
      shown === 'policy' ? 'none' : shown === 'catalog' && one.constraint === 'none' ? 'validated' : one.constraint;
    this.addEdge(child, parent, {
      ...{ target: one.target, required: one.required, unique: one.unique, constraint, shown },
      deferrable: one.deferrable && constraint !== 'none',
      when: one.when && shown === 'policy',
      eager: one.eager && shown === 'relation',
      widened: one.widened,
      asText: one.asText && shown === 'policy',
      places: placesOf(one, child, parent, dangling && constraint !== 'validated'),
    });
  }

  addLeaf({ mapped, primary, rows, references }: Draw['leaves'][number], inner: readonly TableDraft[]): void {
    const leaf = this.#begin(simpleKey('dense'), 'dense', mapped, rows);
    leaf.primary = primary;
    for (const one of references) {
      const parent = pick(inner, one.parent);
      const places = placesOf({ ...one, unique: false }, leaf, parent, false);
      const constraint = one.valid === 0 ? 'not valid' : 'validated';
      this.addEdge(leaf, parent, { ...plain, required: one.required, deferrable: one.deferrable, constraint, places });
    }
  }

  addLink(one: Draw['links'][number], inner: readonly TableDraft[]): void {
    const [a, b] = [pick(inner, one.a), pick(inner, one.b)];
    const { kind, target } = one;
    if (target !== 'key') for (const end of [a, b]) end.addUniqueSet(target);
    const pairs = [
      ...new Map(one.pairs.map(([x, y]) => [x % a.count, y % b.count] as const).map((pair) => [pair.join(), pair])).values(),
    ];
    const [left, right] = [columnsOf('a', a, target), columnsOf('b', b, target)];
    const values = (place: number): string[] => {
      const [x = 0, y = 0] = pairs[place] ?? [];
      return [...heldValues(target, a.key, x), ...heldValues(target, b.key, y)];
    };
    const places = pairs.map((_, place) => place);
    const name = `l${String(this.#links.length + this.tables.length)}`;
    const both: ColumnSet = { columns: [...left, ...right], values };
    const table =
      kind === 'generated'
        ? new TableDraft(
            name,
            { columns: [['id', 'integer GENERATED BY DEFAULT AS IDENTITY']], values: (place) => [String(place + 1)] },
            kind,
            false,
            places,
          )
        : new TableDraft(name, both, 'weak', false, places);
    if (kind === 'generated')
      table.add(
        both.columns.map(([column, type]) => ({ name: column, type, required: true })),
        values,
      );
    if (kind === 'extra')
      addPayload(
        table,
        pairs.map(() => ({ payload: 'extra', number: 1 })),
      );
    this.tables.push(table);
    const edge = (parent: TableDraft, columns: ColumnSet['columns']): MadeReference =>
      this.addEdge(table, parent, { ...plain, target, required: true, inKey: columns.map(([column]) => column), places: [] });
    const [owner, inverse] = [edge(a, left), edge(b, right)];
    const property = one.declared && kind === 'plain' && a.mapped && b.mapped ? `many${name}` : undefined;
    if (kind !== 'extra') this.#links.push({ through: name, kind, owner, inverse, property });
  }

  addEdge(child: TableDraft, parent: TableDraft, edge: Edge): MadeReference {
    const { target, inKey, places } = edge;
    if (target !== 'key') parent.addUniqueSet(target);
    const set = target === 'key' ? parent.key : uniqueSets[target];
    const index = String(this.#references.length);
    const parentColumns = set.columns.map(([name]) => name);
    const own = set.columns.slice(inKey?.length ?? edge.shared?.length ?? 0).map(([name, type]) => ({
      name: `r${index}_${name}`,
      type: edge.asText && ids.has(type) ? 'text' : edge.widened ? (wider[type] ?? type) : type,
    }));
    const asText = own.map(
      ({ type }, at) => type === 'text' && ids.has(set.columns[set.columns.length - own.length + at]?.[1] ?? ''),
    );
    const columns = [...(inKey ?? edge.shared ?? []), ...own.map(({ name }) => name)];
    const required = edge.required && !places.includes(null);
    if (inKey === undefined) {
      child.add(
        own.map((column) => ({ ...column, required })),
        (row) => {
          const place = places[row] ?? null;
          const texts = heldValues(target, parent.key, place ?? 0).slice(-own.length);
          // No server writes a number or a UUID like this.
          const values = texts.map((text, at) => (asText[at] === true && place === absent ? `+${text}` : text));
          // One NULL is enough for a composite reference to hold nothing.
          return place === null ? own.map((_, at) => (at > 0 && row % 2 === 0 ? (values[at] ?? null) : null)) : values;
        },
      );
      if (edge.unique) child.unique(columns);
    }
    const property = edge.shown === 'relation' ? `rel${index}` : undefined;
    const when = edge.when ? { column: 'number', value: '1' } : undefined;
    const suffix = when === undefined ? '' : `[${when.column}=${when.value}]`;
    const reference: MadeReference = {
      ...{ columns, parentColumns, property, when, required, target, widened: edge.widened },
      asText: [...columns.slice(own.length).map(() => false), ...asText],
      ...{ unique: edge.unique, constraint: edge.constraint, deferrable: edge.deferrable, shown: edge.shown, eager: edge.eager },
      name: `public.${child.name}.${property ?? columns.join('+')}${suffix}`,
      child: child.name,
      parent: parent.name,
      ownColumns: inKey === undefined,
    };
    this.#references.push(reference);
    return reference;
  }

  finish(): MadeDatabase {
    const through = new Set(this.#links.map((link) => link.through));
    return {
      tables: this.tables.map((table) => table.finish(through.has(table.name))),
      references: this.#references,
      links: this.#links,
    };
  }

  #begin(key: ColumnSet, kind: string, mapped: boolean, rows: Draw['tables'][number]['rows']): TableDraft {
    const table = new TableDraft(`t${String(this.tables.length)}`, key, kind, mapped, [...rows.keys()]);
    addPayload(table, rows);
    this.tables.push(table);
    return table;
  }
}

function addPayload(table: TableDraft, rows: Draw['tables'][number]['rows']): void {
  const columns = [
    { name: 'payload', type: 'text', required: false },
    { name: 'number', type: 'integer', required: true },
  ];
  table.add(columns, (row) => [rows[row]?.payload ?? null, String(rows[row]?.number ?? 0)]);
}

function columnsOf(side: string, end: TableDraft, target: 'key' | UniqueSet): ColumnSet['columns'] {
  const { columns } = target === 'key' ? end.key : uniqueSets[target];
  return columns.map(([name, type]) => [`${side}_${name}`, type]);
}

function placesOf(
  one: { readonly targets: readonly number[]; readonly required: boolean; readonly unique: boolean },
  child: TableDraft,
  parent: TableDraft,
  dangling: boolean,
): (number | null)[] {
  return Array.from({ length: child.count }, (_, place) => {
    const target = one.targets[place] ?? 0;
    if (!one.required && target % 3 === 2) return null;
    if (one.unique) return place < parent.count ? place : null;
    return dangling && target % 5 === 4 ? absent : target % parent.count;
  });
}

export function pick<T>(list: readonly T[], at: number): T {
  const found = list[at % list.length];
  if (found === undefined) throw new TypeError('nothing to pick from');
  return found;
}
