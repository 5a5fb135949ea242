import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { modelFingerprint } from '../../src/convert/fingerprint.js';
import type { ArchiveHeader, Converter, ImportOptions, Policy } from '../../src/index.js';
import { diffDatabase, openArchive, undoJournal } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import { failureOf } from '../support/failure.js';

/** A library as it was, and what became of it: table, key, columns, relation and join table are called otherwise, a name is two. */
const tables = `CREATE TABLE author (id int PRIMARY KEY, name text NOT NULL, nick text, born text, fee numeric(9,2));
  CREATE TABLE shelf (room int, no int, label text, PRIMARY KEY (room, no));
  CREATE TABLE book (id int PRIMARY KEY, title text, author int REFERENCES author, room int, no int, FOREIGN KEY (room, no) REFERENCES shelf);
  CREATE TABLE genre (id int PRIMARY KEY, label text);
  CREATE TABLE book_genre (book int REFERENCES book, genre int REFERENCES genre, PRIMARY KEY (book, genre));
  CREATE TABLE book_shelf (book int REFERENCES book, room int, no int, PRIMARY KEY (book, room, no), FOREIGN KEY (room, no) REFERENCES shelf)`;
const rows = `INSERT INTO author VALUES (1, 'Ada King', 'ada', '10.12.1815', 1.5), (2, 'Mary Shelley', NULL, NULL, NULL);
  INSERT INTO shelf VALUES (1, 2, 'a'), (1, 10, 'b');
  INSERT INTO book VALUES (4, 'Notes', 1, 1, 2), (5, 'Frankenstein', 2, NULL, NULL);
  INSERT INTO genre VALUES (7, 'science'), (8, 'horror');
  INSERT INTO book_genre VALUES (4, 7), (5, 7), (5, 8);
  INSERT INTO book_shelf VALUES (4, 1, 2), (4, 1, 10)`;
const later = `DROP TABLE book_shelf, book_genre, book, genre, shelf, author;
  CREATE TABLE writer (nr int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, born date, fee numeric(9,3), active boolean NOT NULL);
  CREATE TABLE shelf (hall int, no int, label text, PRIMARY KEY (hall, no));
  CREATE TABLE book (id int PRIMARY KEY, heading text, writer int REFERENCES writer, hall int, no int, code varchar(8) NOT NULL, FOREIGN KEY (hall, no) REFERENCES shelf);
  CREATE SEQUENCE numbers;
  CREATE TABLE kind (id int PRIMARY KEY, label text);
  CREATE TABLE book_kind (book int REFERENCES book, kind int REFERENCES kind, PRIMARY KEY (book, kind));
  CREATE TABLE book_shelf (book int REFERENCES book, hall int, no int, PRIMARY KEY (book, hall, no), FOREIGN KEY (hall, no) REFERENCES shelf)`;
const policyBefore: Policy = {
  models: { author: {}, shelf: {}, book: {}, genre: {} },
  joinTables: ['book_genre', 'book_shelf'],
};
const policyAfter: Policy = { models: { writer: {}, shelf: {}, book: {}, kind: {} }, joinTables: ['book_kind', 'book_shelf'] };
const models: Converter['models'] = {
  author: {
    renameTo: 'writer',
    columns: {
      id: { rename: 'nr' },
      name: { split: { first_name: "split_part(name, ' ', 1)", last_name: "split_part(name, ' ', 2)" } },
      nick: { drop: true },
      born: { using: "to_date(born, 'DD.MM.YYYY')" },
      fee: { using: 'fee' },
    },
    defaults: { active: true },
  },
  shelf: { columns: { room: { rename: 'hall' } } },
  genre: { renameTo: 'kind' },
  book: {
    columns: { title: { rename: 'heading' }, author: { rename: 'writer' }, room: { rename: 'hall' }, genre: { rename: 'kind' } },
    defaults: { code: { sql: "'B-' || archive.id" } },
  },
};

async function fingerprints(archive: string): Promise<Readonly<Record<string, string>>> {
  const { header }: { header: ArchiveHeader } = await openArchive(archive);
  return Object.fromEntries(Object.entries(header.entities).map(([model, entity]) => [model, modelFingerprint(entity)]));
}

describe('an archive of an older schema', () => {
  let library: Move;
  let from: Readonly<Record<string, string>>;

  before(async () => {
    library = await move({
      ...{ sql: tables, source: rows, target: later, policy: policyBefore },
      objects: ['book.4', 'book.5'],
    });
    from = await fingerprints(library.archive);
  });

  beforeEach(() => library.target.query('TRUNCATE writer, shelf, book, kind CASCADE'));

  after(() => library.close());

  const all = (): Policy => ({ ...policyAfter, converters: [{ from, models }] });
  const take = (options: Partial<ImportOptions> = {}): ReturnType<Move['import']> =>
    library.import({ policy: all(), ...options });

  it('arrives in a schema in which nearly everything is called otherwise', async () => {
    const { status, findings } = await take();
    expect(status).to.equal('done');
    expect(await library.target.query('SELECT *, born::text FROM writer ORDER BY nr')).to.deep.equal([
      { nr: 1, first_name: 'Ada', last_name: 'King', born: '1815-12-10', fee: '1.500', active: true },
      { nr: 2, first_name: 'Mary', last_name: 'Shelley', born: null, fee: null, active: true },
    ]);
    expect(await library.rows('book')).to.deep.equal([
      { id: 4, heading: 'Notes', writer: 1, hall: 1, no: 2, code: 'B-4' },
      { id: 5, heading: 'Frankenstein', writer: 2, hall: null, no: null, code: 'B-5' },
    ]);
    expect(await library.rows('book_kind')).to.have.length(3);
    expect(await library.target.query('SELECT * FROM book_shelf ORDER BY no')).to.deep.equal([
      { book: 4, hall: 1, no: 2 },
      { book: 4, hall: 1, no: 10 },
    ]);
    expect(findings.filter(({ kind }) => kind === 'dropped-column').map(({ on, reason }) => `${on}: ${reason}`)).to.deep.equal([
      'public.author.nick: its values are dropped by converters.0: 1 objects had one',
    ]);
  });

  it('is the same again, compares as equal, gets other keys, and can be taken back', async () => {
    const journal = `${library.folder}/journal`;
    expect((await take({ dryRun: true })).status).to.equal('planned');
    await take({ journal });
    const again = await take();
    expect(again.plan.insert).to.deep.equal({});
    expect(again.plan.same).to.deep.equal({ 'public.writer': 2, 'public.shelf': 2, 'public.book': 2, 'public.kind': 2 });
    const policy = all();
    await undoJournal(library.to, { journal, policy });
    expect(await library.rows('writer')).to.deep.equal([]);
    await take();
    const compared = await diffDatabase(library.to, { archive: library.archive, policy });
    expect(compared.status).to.equal('same');
    await library.target.query('UPDATE writer SET active = false WHERE nr = 2');
    expect((await diffDatabase(library.to, { archive: library.archive, policy })).differences[0]).to.deep.include({
      object: 'public.writer.2',
      columns: ['active'],
    });
    const idMap = `${library.folder}/map`;
    await take({ onConflict: 'remap', offset: 100, remap: 'all', idMap });
    expect((await library.rows('book')).map(({ id, writer }) => [id, writer])).to.deep.include.members([[104, 101]]);
    expect(readFileSync(idMap, 'utf8')).to.contain('{"from":"public.writer.1","to":"public.writer.101","decision":"remap"}');
    expect((await diffDatabase(library.to, { archive: library.archive, policy, idMap: [idMap] })).status).to.equal('same');
  });

  it('is refused without its converter, with one that can be pasted for what has one explanation only', async () => {
    const error = (await failureOf(library.import({ policy: policyAfter }))) as Error & { code: string; hint: string };
    expect(error.code).to.equal('SCHEMA_DRIFT');
    const pasted = pastedFrom(error.hint);
    expect(Object.keys(pasted.from)).to.have.members(Object.keys(from));
    expect(pasted.from).to.deep.equal(from);
    expect(pasted.models['public.genre']).to.deep.equal({ renameTo: 'public.kind' });
    expect(pasted.models['public.shelf']).to.deep.equal({ columns: { room: { rename: 'hall' } } });
    expect(pasted.models['public.book']).to.deep.equal({
      columns: {
        author: { rename: 'writer' },
        room: { rename: 'hall' },
        title: { rename: 'heading' },
        genre: { rename: 'kind' },
      },
      defaults: { code: '' },
    });
    expect(await library.rows('book')).to.deep.equal([]);
  });

  it('is left as it is by converters for others', async () => {
    const others: Converter[] = [
      { from: '0123456789abcdef', models: {} },
      { from: { book: '0123456789abcdef' }, models: { book: { drop: true } } },
      { from: { book: { title: 'character varying(3)' } }, models: { book: { drop: true } } },
      { from: { book: { title: false } }, models: { book: { drop: true } } },
      { from: { unheard: { of: true } }, models: { unheard: { drop: true } } },
    ];
    expect(await failureOf(take({ policy: { ...policyAfter, converters: others } }))).to.include({ code: 'SCHEMA_DRIFT' });
    const mixed = [...others, { from, models }];
    expect((await take({ policy: { ...policyAfter, converters: mixed } })).status).to.equal('done');
  });

  it('goes through several converters, whatever their order, by what each makes of it', async () => {
    const { author = {}, ...rest } = models;
    const converters: Converter[] = [
      {
        from: { writer: { full: true } },
        models: { writer: { columns: { full: author.columns?.['name'] ?? {}, nr2: { rename: 'nr' } } } },
      },
      {
        from: { author: { name: 'text', full: false } },
        models: {
          author: {
            renameTo: 'Public.Writer',
            columns: { ...author.columns, id: { rename: 'nr2' }, name: { rename: 'full' } },
            defaults: author.defaults ?? {},
          },
        },
      },
      { from: { book: from['public.book'] ?? '', genre: { label: true }, shelf: { room: 'integer' } }, models: rest },
    ];
    const text = JSON.stringify(converters).replaceAll('split_part(name', 'split_part(\\"full\\"');
    const { status, findings } = await take({ policy: { ...policyAfter, converters: JSON.parse(text) as Converter[] } });
    expect(status).to.equal('done');
    expect(findings.filter(({ kind }) => kind === 'converted').map(({ reason }) => reason.split(' ')[0])).to.deep.equal([
      'converters.1',
      'converters.0',
      'converters.2',
    ]);
    expect((await library.rows('writer')).map(({ nr, last_name: name }) => [nr, name])).to.deep.equal([
      [1, 'King'],
      [2, 'Shelley'],
    ]);
  });

  describe('is refused before anything is written', () => {
    afterEach(async () => {
      for (const table of ['writer', 'book', 'shelf', 'kind']) expect(await library.rows(table)).to.deep.equal([]);
    });

    /** What is said of converters that differ from the good one in what they say of one model. */
    async function refusal(name: string, rules: Converter['models'][string]): Promise<readonly [string, string, string]> {
      const converters = [{ from, models: { ...models, [name]: rules } }];
      const error = (await failureOf(take({ policy: { ...policyAfter, converters } }))) as Error & {
        code: string;
        hint?: string;
      };
      return [error.code, error.message, error.hint ?? ''];
    }

    const wrong: readonly (readonly [
      what: string,
      model: string,
      rules: Converter['models'][string],
      code: string,
      told: string,
    ])[] = [
      [
        'a model that is nowhere',
        'autor',
        {},
        'CONVERTER_INVALID',
        'converters.0.models.autor: neither the archive nor "from" has such a model. Did you mean "author"?',
      ],
      [
        'a column that the archive lacks',
        'author',
        { columns: { nickk: { drop: true } } },
        'CONVERTER_INVALID',
        'columns.nickk: public.author has no "nickk" in the archive. Did you mean "nick"?',
      ],
      [
        'a column that the target lacks',
        'shelf',
        { columns: { room: { rename: 'hall' }, label: { rename: 'lable' } } },
        'CONVERTER_INVALID',
        'converters.0: the target\'s public.shelf has no "lable". Did you mean "label"?',
      ],
      [
        'a relation that the target lacks',
        'book',
        { ...models['book'], columns: { ...models['book']?.columns, genre: { rename: 'kinds' } } },
        'CONVERTER_INVALID',
        'has no "kinds". Did you mean "kind"?',
      ],
      [
        'a model that the target lacks',
        'genre',
        { renameTo: 'kinds' },
        'CONVERTER_INVALID',
        'the target has no model "kinds". Did you mean "kind"?',
      ],
      [
        'one name for two columns',
        'shelf',
        { columns: { room: { rename: 'hall' }, label: { rename: 'no' } } },
        'CONVERTER_INVALID',
        'public.shelf would have "no" twice',
      ],
      [
        'one name for two models',
        'genre',
        { renameTo: 'public.shelf' },
        'CONVERTER_INVALID',
        'two models of the archive would be public.shelf',
      ],
      [
        'a column named twice',
        'author',
        { columns: { nick: { drop: true }, NICK: { drop: true } } },
        'CONVERTER_INVALID',
        'public.author.nick stands there twice',
      ],
      [
        'another value of a key',
        'author',
        { ...models['author'], columns: { ...models['author']?.columns, id: { rename: 'nr', using: 'id + 1' } } },
        'CONVERTER_INVALID',
        'columns.id: is in the key: that can only be renamed',
      ],
      ['a new key column', 'shelf', { columns: { room: { drop: true } } }, 'CONVERTER_INVALID', 'is in the key'],
      [
        'a value for a key column',
        'shelf',
        { defaults: { hall: 1 } },
        'CONVERTER_INVALID',
        "defaults.hall: is in the target's key",
      ],
      [
        'SQL that is none',
        'shelf',
        { defaults: { label: { sql: 'no +' } } },
        'CONVERTER_INVALID',
        'defaults.label: syntax error',
      ],
      [
        'SQL over a column that is not there',
        'author',
        { ...models['author'], defaults: { active: { sql: 'activ' } } },
        'CONVERTER_INVALID',
        'defaults.active: column "activ" does not exist',
      ],
      [
        'two statements',
        'shelf',
        { columns: { room: { rename: 'hall' }, label: { using: '1); DROP TABLE kind; SELECT (1' } } },
        'CONVERTER_INVALID',
        'columns.label.using: ',
      ],
      [
        'a type that the value has not got',
        'author',
        { ...models['author'], defaults: { active: { sql: 'point(1, 2)' } } },
        'CONVERTER_INVALID',
        'cannot cast type point to boolean',
      ],
      [
        'a value that its column does not take',
        'author',
        { ...models['author'], defaults: { active: 'maybe' } },
        'CONVERTER_INVALID',
        'defaults.active: ',
      ],
      [
        'a value that its column would cut',
        'book',
        { ...models['book'], defaults: { code: 'far too long' } },
        'CONVERTER_INVALID',
        'the value does not fit into character varying(8)',
      ],
      [
        'a value of which the SQL makes nothing',
        'author',
        { ...models['author'], defaults: { active: { sql: 'name::boolean' } } },
        'CONVERTER_FAILED',
        'public.author: a value of the archive cannot be converted (SQLSTATE 22P02)',
      ],
      [
        'a value that its column would change',
        'author',
        { ...models['author'], columns: { ...models['author']?.columns, fee: { using: '1.23456' } } },
        'CONVERTER_FAILED',
        'columns.fee.using: numeric(9,3) would not hold a value',
      ],
      [
        'several values for one',
        'author',
        { ...models['author'], defaults: { active: { sql: 'generate_series(1, 2) > 0' } } },
        'CONVERTER_FAILED',
        'SQLSTATE 21000',
      ],
      [
        'what writes',
        'author',
        { ...models['author'], defaults: { active: { sql: "pg_catalog.nextval('public.numbers') > 0" } } },
        'CONVERTER_FAILED',
        'SQLSTATE 25006',
      ],
    ];
    for (const [what, model, rules, code, told] of wrong) {
      it(what, async () => {
        const [found, message, hint] = await refusal(model, rules);
        expect([found, `${message}. ${hint}`.includes(told) ? told : `${message}. ${hint}`]).to.deep.equal([code, told]);
        expect(message).not.to.contain('Ada');
        const [sequence] = await library.target.query('SELECT is_called FROM numbers');
        expect(sequence).to.deep.equal({ is_called: false });
      });
    }
  });
});

/** What a refusal advises, as a policy would have it. */
function pastedFrom(hint: string): Converter {
  const text = hint.slice(hint.indexOf('converters: ['));
  const { converters } = runInNewContext(`({${text}})`) as { readonly converters: readonly Converter[] };
  const [converter] = converters;
  if (converter === undefined) throw new Error('nothing was advised');
  return converter;
}
