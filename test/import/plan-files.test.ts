import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, name text UNIQUE, age int);
  CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, title text)`;
const source =
  "INSERT INTO author VALUES (1, 'Ada', 36); INSERT INTO book SELECT n, 1, 'secret title' FROM generate_series(1, 3) n";
const policy = { models: { author: {}, book: {} } };

/** What was decided: that the row behind it is told is another test's. */
function withoutDigest(line: unknown): unknown {
  const { sha256, ...rest } = line as Record<string, unknown>;
  const isNew = rest['decision'] === 'insert';
  expect(sha256 === undefined, JSON.stringify(line)).to.equal(isNew);
  return rest;
}

describe('the files of an import', () => {
  let book: Move;

  beforeEach(async () => {
    book = await move({ sql, source, policy, objects: ['author.1'] });
  });

  afterEach(() => book.close());

  function lines(name: string): unknown[] {
    return readFileSync(join(book.folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  it('begin with what the plan was made of, and say of each object what happens to it and in which columns', async () => {
    await book.target.query(
      "INSERT INTO author VALUES (1, 'Ada', 9); INSERT INTO book VALUES (2, 1, 'secret title'), (3, NULL, 'x')",
    );
    await book.import({ onConflict: 'override', plan: join(book.folder, 'plan'), idMap: join(book.folder, 'map') });
    const [first, ...rest] = lines('plan');
    const { archive, options, target, ...others } = first as Record<string, unknown>;
    expect(archive).to.match(/^[0-9a-f]{64}$/u);
    expect(options).to.deep.equal({ onConflict: 'override' });
    expect(target).to.have.nested.property('database.name', new URL(book.target.url).pathname.slice(1));
    expect(others).to.have.keys(['format', 'version', 'command', 'tool', 'policy', 'conflicts']);
    const trailer = rest.pop() as { readonly trailer: { readonly lines: number } };
    expect(trailer.trailer.lines).to.equal(4);
    expect(rest.map((line) => withoutDigest(line))).to.deep.equal([
      { object: 'public.author.1', decision: 'update', columns: ['age'] },
      { object: 'public.book.1', decision: 'insert' },
      { object: 'public.book.2', decision: 'same' },
      { object: 'public.book.3', decision: 'update', columns: ['author', 'title'] },
    ]);
    expect(lines('map')).to.deep.equal([
      { from: 'public.author.1', to: 'public.author.1', decision: 'update' },
      { from: 'public.book.1', to: 'public.book.1', decision: 'insert' },
      { from: 'public.book.2', to: 'public.book.2', decision: 'same' },
      { from: 'public.book.3', to: 'public.book.3', decision: 'update' },
    ]);
  });

  it('say what would be written under --verbose: all of a new row, of another what differs', async () => {
    await book.target.query(
      "INSERT INTO author VALUES (1, 'Ada', 9); INSERT INTO book VALUES (2, 1, 'secret title'), (3, NULL, 'secret title')",
    );
    await book.import({ onConflict: 'override', dryRun: true, verbose: true, plan: join(book.folder, 'plan') });
    expect(lines('plan').slice(1, -1).map(withoutDigest)).to.deep.equal([
      { object: 'public.author.1', decision: 'update', columns: ['age'], after: { age: 36 } },
      { object: 'public.book.1', decision: 'insert', after: { author: 1, title: 'secret title' } },
      { object: 'public.book.2', decision: 'same' },
      { object: 'public.book.3', decision: 'update', columns: ['author'], after: { author: 1 } },
    ]);
  });

  it('count the objects of each model by name, and no model without any', async () => {
    await book.close();
    const tables = 'CREATE TABLE zebra (id int PRIMARY KEY); CREATE TABLE ant (id int PRIMARY KEY, zebra int REFERENCES zebra)';
    const animals = 'INSERT INTO zebra VALUES (1), (2); INSERT INTO ant VALUES (1, 1), (2, 1), (3, 2)';
    const models = { zebra: {}, ant: {} };
    book = await move({
      sql: tables,
      source: animals,
      target: 'INSERT INTO zebra VALUES (1)',
      policy: { models },
      objects: ['ant.1', 'ant.2', 'ant.3'],
    });
    const { plan } = await book.import();
    expect(Object.entries(plan.insert)).to.deep.equal([
      ['public.ant', 3],
      ['public.zebra', 1],
    ]);
    expect(plan).to.deep.equal({
      ...plan,
      same: { 'public.zebra': 1 },
      update: {},
      skip: {},
      conflict: {},
      merge: {},
      remap: {},
    });
  });

  it('hold no values, and nobody else may read them', async () => {
    const path = join(book.folder, 'plan');
    await book.target.query("INSERT INTO author VALUES (5, 'Ada', 9)");
    await book.import({ plan: path });
    expect(readFileSync(path, 'utf8')).to.contain('public.author.5').and.not.to.contain('secret').and.not.to.contain('Ada');
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('are whole when they are long', async () => {
    await book.close();
    const many = `${source}; INSERT INTO book SELECT n, 1, 'x' FROM generate_series(4, 3000) n`;
    book = await move({ sql, source: many, policy, objects: ['author.1'] });
    await book.import({ plan: join(book.folder, 'plan') });
    expect(lines('plan')).to.have.length(3003);
  });

  it('that cannot be written stop the import before it is committed, and leave nothing behind', async () => {
    mkdirSync(join(book.folder, 'taken'));
    const before = readdirSync(book.folder).sort();
    for (const [option, path, code] of [
      ['plan', join(book.folder, 'no', 'plan'), 'FOLDER_MISSING'],
      ['idMap', join(book.folder, 'no', 'map'), 'FOLDER_MISSING'],
      ['plan', join(book.folder, 'taken'), 'OUTPUT_LAYOUT'],
      ['idMap', join(book.folder, 'taken'), 'OUTPUT_LAYOUT'],
    ] as const) {
      expect(await failureOf(book.import({ [option]: path })), path).to.include({ code });
      expect(await book.rows('author')).to.deep.equal([]);
    }
    expect(readdirSync(book.folder).sort()).to.deep.equal(before);
  });

  it('are written in a dry run as far as it goes: the plan, and no map', async () => {
    await book.import({ dryRun: true, plan: join(book.folder, 'plan'), idMap: join(book.folder, 'map') });
    expect(readdirSync(book.folder).sort()).to.deep.equal(['archive.json', 'plan']);
  });
});
