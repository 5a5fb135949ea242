import fc from 'fast-check';

/** A made-up database: tables with keys of every kind, references in every direction, rows. */
export interface RandomDatabase {
  readonly sql: string;
  readonly rows: readonly string[];
  readonly seed: string;
  readonly follow: 'dependencies' | 'owned' | 'connected';
}

type KeyKind = 'integer' | 'bigint' | 'uuid' | 'text' | 'date' | 'composite';

interface Table {
  readonly key: KeyKind;
  readonly rows: readonly { readonly payload: string | null; readonly number: number }[];
}

interface Edge {
  readonly child: number;
  readonly parent: number;
  readonly required: boolean;
  readonly deferrable: boolean;
  readonly targets: readonly number[];
}

const keyKinds: readonly KeyKind[] = ['integer', 'bigint', 'uuid', 'text', 'date', 'composite'];

const table: fc.Arbitrary<Table> = fc.record({
  key: fc.constantFrom(...keyKinds),
  rows: fc.array(
    fc.record({
      payload: fc.option(fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', ''))),
      number: fc.integer(),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

const edge: fc.Arbitrary<Edge> = fc.record({
  child: fc.nat(4),
  parent: fc.nat(4),
  required: fc.boolean(),
  deferrable: fc.boolean(),
  targets: fc.array(fc.nat(20), { minLength: 6, maxLength: 6 }),
});

export const randomDatabase: fc.Arbitrary<RandomDatabase> = fc
  .record({
    tables: fc.array(table, { minLength: 2, maxLength: 5 }),
    edges: fc.array(edge, { minLength: 1, maxLength: 7 }),
    links: fc.array(
      fc.record({ a: fc.nat(4), b: fc.nat(4), pairs: fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 6 }) }),
      {
        maxLength: 2,
      },
    ),
    seed: fc.nat(20),
    follow: fc.constantFrom('dependencies', 'owned', 'connected' as const),
  })
  .map(({ tables, edges, links, seed, follow }) => {
    const sql: string[] = [];
    const rows: string[] = [];
    // Every table hangs on the first, which is the only one that an entity maps.
    const connected: Edge[] = tables.slice(1).map((_, at) => ({
      child: at + 1,
      parent: 0,
      required: false,
      deferrable: false,
      targets: [0, 1, 2, 3, 4, 5],
    }));
    const all = [...connected, ...edges].map((one) => ({
      ...one,
      child: one.child % tables.length,
      parent: one.parent % tables.length,
    }));
    tables.forEach((one, at) => {
      const own = all.flatMap((reference, index) => (reference.child === at ? [{ reference, index }] : []));
      const columns = [
        ...keyColumns(one.key).map(([name, type]) => `${name} ${type} NOT NULL`),
        'payload text',
        'number integer NOT NULL',
      ];
      for (const { reference, index } of own) {
        for (const [name, type] of keyColumns(tables[reference.parent]!.key))
          columns.push(`r${index}_${name} ${type}${reference.required ? ' NOT NULL' : ''}`);
      }
      sql.push(`CREATE TABLE t${at} (${columns.join(', ')}, PRIMARY KEY (${names(one.key)}))`);
      one.rows.forEach((row, place) => {
        const values = [...keyValues(one.key, place), literal(row.payload), String(row.number)];
        for (const { reference } of own) {
          const parent = tables[reference.parent]!;
          const target = reference.targets[place]!;
          const absent = !reference.required && target % 3 === 2;
          values.push(
            ...(absent ? keyColumns(parent.key).map(() => 'NULL') : keyValues(parent.key, target % parent.rows.length)),
          );
        }
        rows.push(`INSERT INTO t${at} VALUES (${values.join(', ')})`);
      });
    });
    all.forEach((reference, index) => {
      const parent = tables[reference.parent]!;
      const columns = keyColumns(parent.key).map(([name]) => `r${index}_${name}`);
      sql.push(
        `ALTER TABLE t${reference.child} ADD CONSTRAINT f${index} FOREIGN KEY (${columns.join(', ')}) REFERENCES t${reference.parent} (${names(parent.key)})${reference.deferrable ? ' DEFERRABLE' : ''}`,
      );
    });
    links.forEach((link, index) => {
      const a = link.a % tables.length;
      const b = link.b % tables.length;
      const columns = (side: string, kind: KeyKind): string[] =>
        keyColumns(kind).map(([name, type]) => `${side}_${name} ${type} NOT NULL`);
      const side = (prefix: string, kind: KeyKind): string =>
        keyColumns(kind)
          .map(([name]) => `${prefix}_${name}`)
          .join(', ');
      const [left, right] = [tables[a]!, tables[b]!];
      sql.push(
        `CREATE TABLE l${index} (${[...columns('a', left.key), ...columns('b', right.key)].join(', ')}, PRIMARY KEY (${side('a', left.key)}, ${side('b', right.key)}),
         FOREIGN KEY (${side('a', left.key)}) REFERENCES t${a}, FOREIGN KEY (${side('b', right.key)}) REFERENCES t${b})`,
      );
      const pairs = new Set(link.pairs.map(([x, y]) => `${x % left.rows.length} ${y % right.rows.length}`));
      for (const pair of pairs) {
        const [x = 0, y = 0] = pair.split(' ').map(Number);
        rows.push(`INSERT INTO l${index} VALUES (${[...keyValues(left.key, x), ...keyValues(right.key, y)].join(', ')})`);
      }
    });
    const first = tables[0]!;
    return { sql: sql.join(';\n'), rows, seed: `t0.${keyName(first.key, seed % first.rows.length)}`, follow };
  });

function keyColumns(kind: KeyKind): readonly (readonly [string, string])[] {
  return kind === 'composite'
    ? [
        ['a', 'integer'],
        ['b', 'text'],
      ]
    : [['id', kind]];
}

function names(kind: KeyKind): string {
  return keyColumns(kind)
    .map(([name]) => name)
    .join(', ');
}

/** The key of the n-th row: chosen so that text and number order differ, and that separators occur in keys. */
function keyTexts(kind: KeyKind, place: number): readonly string[] {
  switch (kind) {
    case 'integer':
      return [String([7, -3, 100, 0, 12, 2_000_000_000][place])];
    case 'bigint':
      return [String([9n, 9_007_199_254_740_993n, -9_223_372_036_854_775_808n, 10n, 9_223_372_036_854_775_807n, 2n][place])];
    case 'uuid':
      return [`0000000${place}-0000-4000-8000-0000000000ff`];
    case 'text':
      return [['a.b', 'Z', 'é', 'a"b\\', ' , ', '😀'][place]!];
    case 'date':
      return [['2020-02-29', '0001-01-01', '9999-12-31', '1999-12-31', '2000-01-01', '1970-01-01'][place]!];
    case 'composite':
      return [String(place - 2), ['x', 'x', 'y', 'a,b', '=', ''][place]!];
  }
}

function keyValues(kind: KeyKind, place: number): readonly string[] {
  return keyTexts(kind, place).map(literal);
}

function keyName(kind: KeyKind, place: number): string {
  const texts = keyTexts(kind, place);
  return kind === 'composite' ? `a=${texts[0]},b=${texts[1]}` : texts[0]!;
}

function literal(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`;
}
