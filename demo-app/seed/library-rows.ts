import { isbn10, isbn13 } from './isbn.js';
import { genres, knownAuthors, knownBooks, languages } from './known-books.js';
import { people } from './people.js';
import { Random } from './random.js';

/** The rows of one table, in the order of its columns. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

type Value = string | number | boolean | null;

/** The book the demo is about. */
const demoBook = 4;

const imprints = [
  'Meridian Press',
  'Harbour & Sons',
  'Éditions du Phare',
  'Kompass Verlag',
  'Two Anchors',
  'Вега',
  'Ex libris — gift',
  '',
];

const models = [
  ['auth', 'permission'],
  ['auth', 'group'],
  ['auth', 'user'],
  ['contenttypes', 'contenttype'],
  ['demoapp', 'genre'],
  ['demoapp', 'language'],
  ['demoapp', 'author'],
  ['demoapp', 'book'],
  ['demoapp', 'bookinstance'],
  ['demoapp', 'profile'],
] as const;

const actions = ['add', 'change', 'delete', 'view'] as const;

/** A few hundred objects, parents before children; the same seed gives the same ones. */
export function libraryRows(seed: number): readonly TableRows[] {
  const random = new Random(seed);
  return [...accessRows(), ...peopleRows(random), ...catalogueRows(random), copies(random)];
}

function accessRows(): readonly TableRows[] {
  const permissions = models.flatMap(([, model], type) =>
    actions.map((action, at): readonly Value[] => [
      type * actions.length + at + 1,
      `Can ${action} ${model}`,
      type + 1,
      `${action}_${model}`,
    ]),
  );
  const groups = ['Librarians', 'Volunteers', 'Members', 'Friends of the “Old Harbour”'];
  const demoapp = permissions.map(([id]) => id ?? null).slice(4 * actions.length);
  const granted = [...demoapp.map((permission) => [1, permission]), ...demoapp.slice(-4).map((permission) => [2, permission])];
  return [
    {
      table: 'django_content_type',
      columns: ['id', 'app_label', 'model'],
      rows: models.map(([app, model], at) => [at + 1, app, model]),
    },
    { table: 'auth_permission', columns: ['id', 'name', 'content_type_id', 'codename'], rows: permissions },
    { table: 'auth_group', columns: ['id', 'name'], rows: groups.map((name, at) => [at + 1, name]) },
    {
      table: 'auth_group_permissions',
      columns: ['id', 'group_id', 'permission_id'],
      rows: granted.map((pair, at) => [at + 1, ...pair] as Value[]),
    },
  ];
}

function peopleRows(random: Random): readonly TableRows[] {
  const users = people.map(([first, last], at): readonly Value[] => {
    const name = `reader${String(at + 1).padStart(2, '0')}`;
    const joined = random.moment(2015, 2022);
    const login = random.chance(0.75) ? random.moment(2023, 2024) : null;
    return [
      at + 1,
      fakeHash(random),
      login,
      at === 0,
      name,
      first,
      last,
      `${name}@example.org`,
      at < 3,
      !random.chance(0.1),
      joined,
    ];
  });
  const withProfile = people.flatMap((person, at) => (at % 4 === 3 ? [] : [{ at, location: person[2] }]));
  const profiles = withProfile.map(({ at, location }, place): readonly Value[] => [
    place + 101,
    location,
    random.chance(0.8) ? random.day(1938, 2008) : null,
    random.chance(0.9) ? random.between(1, 3) : null,
    at + 1,
  ]);
  const memberships = people.flatMap((_, at) =>
    at < 3 ? [[at + 1, 1]] : random.chance(0.7) ? [[at + 1, random.between(2, 4)]] : [],
  );
  const extra = [2, 7, 12].map((user, at): readonly Value[] => [at + 1, user, 29 + at]);
  const userColumns =
    'id password last_login is_superuser username first_name last_name email is_staff is_active date_joined'.split(' ');
  return [
    { table: 'auth_user', columns: userColumns, rows: users },
    { table: 'auth_user_groups', columns: ['id', 'user_id', 'group_id'], rows: memberships.map((pair, at) => [at + 1, ...pair]) },
    { table: 'auth_user_user_permissions', columns: ['id', 'user_id', 'permission_id'], rows: extra },
    { table: 'demoapp_profile', columns: ['id', 'location', 'birthdate', 'role', 'user_id'], rows: profiles },
  ];
}

function catalogueRows(random: Random): readonly TableRows[] {
  const key = (place: number | null): number | null => (place === null ? null : place + 1);
  const books = knownBooks.map(([title, author, language, , summary], at): readonly Value[] => {
    const isbn = at % 9 === 8 ? isbn10(random.text('0123456789', 9)) : isbn13(`978${random.text('0123456789', 9)}`);
    return [at + 1, title, summary, isbn, key(author), key(language)];
  });
  const pairs = knownBooks.flatMap(([, , , places], at) => places.map((place) => [at + 1, place + 1]));
  const authorColumns = ['id', 'first_name', 'last_name', 'date_of_birth', 'date_of_death'];
  return [
    { table: 'demoapp_genre', columns: ['id', 'name'], rows: genres.map((name, at) => [at + 1, name]) },
    { table: 'demoapp_language', columns: ['id', 'name'], rows: languages.map((name, at) => [at + 1, name]) },
    { table: 'demoapp_author', columns: authorColumns, rows: knownAuthors.map((author, at) => [at + 1, ...author]) },
    { table: 'demoapp_book', columns: ['id', 'title', 'summary', 'isbn', 'author_id', 'language_id'], rows: books },
    { table: 'demoapp_book_genre', columns: ['id', 'book_id', 'genre_id'], rows: pairs.map((pair, at) => [at + 1, ...pair]) },
  ];
}

/** Copies on the shelves, lent, reserved and in repair; some nobody has catalogued yet. */
function copies(random: Random): TableRows {
  const rows: (readonly Value[])[] = [];
  const add = (book: number | null, status: string, borrower: number | null): void => {
    const due = borrower === null && status !== 'd' ? null : random.day(2024, 2026);
    rows.push([random.uuid(), random.pick(imprints), due, status, book, borrower]);
  };
  for (const borrower of [3, 7, 12, 7]) add(demoBook, 'o', borrower);
  add(demoBook, 'a', null);
  add(demoBook, 'd', null);
  for (let book = 1; book <= knownBooks.length; book += 1) {
    const count = book === demoBook || book === knownBooks.length ? 0 : random.between(1, 6);
    for (let at = 0; at < count; at += 1) {
      const status = random.pick(['a', 'a', 'o', 'o', 'r', 'd']);
      add(book, status, status === 'o' || status === 'r' ? random.between(1, people.length) : null);
    }
  }
  for (let at = 0; at < 3; at += 1) add(null, 'd', null);
  return { table: 'demoapp_bookinstance', columns: ['id', 'imprint', 'due_back', 'status', 'book_id', 'borrower_id'], rows };
}

/** Looks like a password hash and is none. */
function fakeHash(random: Random): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return `pbkdf2_sha256$600000$${random.text(letters, 22)}$${random.text(letters, 43)}=`;
}
