/** Columns that together tell rows apart, and their values by the place of a row. */
export interface ColumnSet {
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** The values of the n-th row; at `absent`, of a row that is not there. */
  readonly values: (place: number) => readonly string[];
  /** How references write the values, where that is another way. */
  readonly held?: (place: number) => readonly string[];
}

/** A place that no row has. */
export const absent = 6;

export const simpleKinds = ['integer', 'dense', 'bigint', 'uuid', 'text', 'date', 'numeric', 'padded', 'composite'] as const;

/** Chosen so that text and number order differ, and that separators occur in keys. */
const keyTexts: Readonly<Record<(typeof simpleKinds)[number], (place: number) => readonly string[]>> = {
  integer: (place) => [['7', '-3', '100', '0', '12', '2000000000', '5'][place]!],
  dense: (place) => [String(place + 1)],
  bigint: (place) => [
    ['9', '9007199254740993', '-9223372036854775808', '10', '9223372036854775807', '2', '9007199254740992'][place]!,
  ],
  uuid: (place) => [`0000000${String(place)}-0000-4000-8000-0000000000ff`],
  text: (place) => [['a.b', 'Z', 'é', 'a"b\\', ' , ', '😀', 'none'][place]!],
  date: (place) => [['2020-02-29', '0001-01-01', '9999-12-31', '1999-12-31', '2000-01-01', '1970-01-01', '1970-01-02'][place]!],
  numeric: (place) => [['1', '2.5', '-3', '10', '0.25', '99999999999999999999', '7'][place]!],
  padded: (place) => [['a', 'b ', 'Z', 'é', '', '0', 'x'][place]!.padEnd(3)],
  composite: (place) => [String(place - 2), ['x', 'x', 'y', 'a,b', '=', '', 'x'][place]!],
};

const types: Readonly<Record<string, string>> = { dense: 'integer', padded: 'character(3)' };

/** The same number, written otherwise. */
function longer(text: string): string {
  return `${text}${text.includes('.') ? '' : '.'}0`;
}

export function simpleKey(kind: (typeof simpleKinds)[number]): ColumnSet {
  const columns: ColumnSet['columns'] =
    kind === 'composite'
      ? [
          ['a', 'integer'],
          ['b', 'text'],
        ]
      : [['id', types[kind] ?? kind]];
  const values = keyTexts[kind];
  return kind === 'numeric' ? { columns, values, held: (place) => values(place).map(longer) } : { columns, values };
}

/** Unique columns beside the key, as references to them hold them. */
export const uniqueSets = {
  code: { columns: [['code', 'text']], values: (place) => [`c${String((place * 5) % 7)}`] },
  /** Equal numbers that are written in two ways: `1.0` here, `1.00` in what refers to it. */
  amount: {
    columns: [['amount', 'numeric']],
    values: (place) => [`${String(place)}.5`],
    held: (place) => [`${String(place)}.50`],
  },
  pair: {
    columns: [
      ['pair_n', 'integer'],
      ['pair_d', 'date'],
    ],
    values: (place) => [String(place % 2), `2020-01-0${String(place + 1)}`],
  },
} as const satisfies Record<string, ColumnSet>;

export type UniqueSet = keyof typeof uniqueSets;

/** What a reference to the set holds for a row. */
export function heldValues(target: 'key' | UniqueSet, key: ColumnSet, place: number): readonly string[] {
  const { values, held = values }: ColumnSet = target === 'key' ? key : uniqueSets[target];
  return held(place);
}

export function literal(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`;
}
