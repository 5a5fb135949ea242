import { isbn10, isbn13 } from './isbn.js';
import type { TableRows } from './library-rows.js';
import { people } from './people.js';

type Value = TableRows['rows'][number][number];

/** Tables that number their rows from the other end here: key 4 is somebody else. */
const renumbered = ['auth_user', 'auth_group', 'demoapp_genre', 'demoapp_language', 'demoapp_author', 'demoapp_book'] as const;

/** Where the keys of those tables stand, by the name of the column. */
const referenceColumns: Readonly<Record<string, (typeof renumbered)[number]>> = {
  user_id: 'auth_user',
  borrower_id: 'auth_user',
  group_id: 'auth_group',
  genre_id: 'demoapp_genre',
  language_id: 'demoapp_language',
  author_id: 'demoapp_author',
  book_id: 'demoapp_book',
};

/** How many books, and how many readers, both libraries have; the others are like those of the first, and are not the same. */
const inCommon = { books: 9, readers: 12 };

/**
 * A second library, made of the first: other keys, other readers under the same keys, the same readers under other keys, the
 * same genres and languages in another order, a few books that both have, and copies of its own.
 */
export function otherLibraryRows(library: readonly TableRows[]): readonly TableRows[] {
  const sizes = new Map(library.map(({ table, rows }) => [table, rows.length]));
  return library.map((table) => ({
    ...table,
    rows: table.rows.map((row) =>
      row.map((value, at) => {
        const column = table.columns[at] ?? '';
        const numbered = column === 'id' ? renumbered.find((name) => name === table.table) : referenceColumns[column];
        if (numbered !== undefined) return typeof value === 'number' ? (sizes.get(numbered) ?? 0) + 1 - value : value;
        return ownValue(table.table, column, value, Number(row[0]));
      }),
    ),
  }));
}

/** What the other library says where both do not mean the same thing. */
function ownValue(table: string, column: string, value: Value, key: number): Value {
  if (typeof value !== 'string') return value;
  if (table === 'demoapp_bookinstance' && column === 'id') return `${value.startsWith('a') ? 'b' : 'a'}${value.slice(1)}`;
  if (table === 'demoapp_book' && key > inCommon.books && column === 'isbn') return otherIsbn(value);
  if (table !== 'auth_user' || key <= inCommon.readers) return value;
  if (column === 'username' || column === 'email') return value.replace('reader', 'guest');
  return column === 'first_name' ? (people[(key + 5) % people.length]?.[0] ?? value) : value;
}

/** Another book: a number of the same length. */
function otherIsbn(isbn: string): string {
  return isbn.length === 13 ? isbn13(`979${isbn.slice(3, 12)}`) : isbn10(`9${isbn.slice(1, 9)}`);
}
