import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ImportResult } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';
import { needsServer } from '../support/needs-server.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, email text UNIQUE, phone text UNIQUE, name text, boss int REFERENCES author);
  CREATE TABLE tag (id int PRIMARY KEY, label text NOT NULL UNIQUE, colour text);
  CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, title text);
  CREATE TABLE book_tag (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag));
  CREATE TABLE signature (author int REFERENCES author, book int REFERENCES book, ink text, PRIMARY KEY (author, book));
  CREATE TABLE mail (id int PRIMARY KEY, email text REFERENCES author (email), book int REFERENCES book)`;
const rows = `INSERT INTO author VALUES (1, 'ada@x', '11', 'Ada', NULL); INSERT INTO tag VALUES (3, 'new', 'red');
  INSERT INTO book VALUES (4, 1, 'Notes'); INSERT INTO book_tag VALUES (4, 3)`;
const policy = {
  models: { author: {}, tag: {}, book: {}, signature: {}, mail: {} },
  joinTables: ['book_tag'],
};

describe('--on-conflict skip', () => {
  let book: Move;

  async function skipped(target: string, more = '', objects = ['book.4']): Promise<ImportResult> {
    book = await move({ sql, source: rows + more, target, policy, objects });
    const result = await book.import({ onConflict: 'skip', plan: join(book.folder, 'plan'), idMap: join(book.folder, 'map') });
    expect(result.status).to.equal('done');
    return result;
  }

  /** Without the digests of the rows behind them. */
  function lines(name: string): unknown[] {
    return readFileSync(join(book.folder, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line, (member, value: unknown) => (member === 'sha256' ? undefined : value)) as unknown);
  }

  afterEach(() => book.close());

  it('lets references use the row that a unique key proves the same, whatever its key', async () => {
    await skipped("INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob'), (9, 'ada@x', '11', 'Ada Lovelace')");
    expect(await book.rows('book')).to.deep.equal([{ id: 4, author: 9, title: 'Notes' }]);
    expect(lines('plan')).to.deep.include({ object: 'public.author.1', decision: 'skip', usedInstead: 'public.author.9' });
    expect(lines('map')).to.deep.include({ from: 'public.author.1', to: 'public.author.9', decision: 'skip' });
  });

  it('tells what is left out, and why: a few of each model by name', async () => {
    const more = ";INSERT INTO book SELECT n, 1, 'Notes' FROM generate_series(5, 9) n";
    const objects = ['book.4', 'book.5', 'book.6', 'book.7', 'tag.3'];
    const { findings } = await skipped(
      "INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob'); INSERT INTO tag VALUES (8, 'new')",
      more,
      objects,
    );
    expect(findings.flatMap(({ kind, on, reason }) => (kind === 'skipped' ? [`${on} ${reason}`] : []))).to.have.members([
      'public.author left out: public.author.1 (another row is in the way)',
      'public.book left out: public.book.4 (needs public.author.1), public.book.5 (needs public.author.1), public.book.6 (needs public.author.1), … (--plan FILE lists all 4)',
      'public.tag left out: public.tag.3 (public.tag.8 is used instead)',
    ]);
  });

  it('gives no object itself, and no row that needs it, for the reason why it is left out', async () => {
    const more =
      "; INSERT INTO author VALUES (5, 'eve@x', '55', 'Eve'); UPDATE author SET boss = 6 - id; UPDATE book SET author = 5";
    await skipped("INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob')", more);
    expect(lines('plan')).to.deep.include.members([
      { object: 'public.author.1', decision: 'skip' },
      { object: 'public.author.5', decision: 'skip', needs: 'public.author.1' },
      { object: 'public.book.4', decision: 'skip', needs: 'public.author.5' },
    ]);
    await book.close();
    const first = 'ALTER TABLE book ADD first int; ALTER TABLE book ADD FOREIGN KEY (first) REFERENCES book DEFERRABLE';
    const source = `${rows}; UPDATE book SET first = id`;
    const target = "INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob')";
    book = await move({ sql: `${sql};${first}`, source, target, policy, objects: ['book.4'] });
    await book.import({ onConflict: 'skip', plan: join(book.folder, 'plan') });
    expect(lines('plan')).to.deep.include({ object: 'public.book.4', decision: 'skip', needs: 'public.author.1' });
  });

  it('says of an object that refers to a row which is nowhere that this is missing, not that another is in the way', async () => {
    const more = "; UPDATE book SET author = NULL; INSERT INTO mail VALUES (5, 'ada@x', 4)";
    const { findings } = await skipped("INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob')", more);
    expect(findings.find(({ kind, on }) => kind === 'skipped' && on === 'public.mail')?.reason).to.equal(
      'left out: public.mail.5 (what it refers to is not there)',
    );
  });

  it('lets references stay where the row with the key has the unique columns too', async () => {
    const { plan } = await skipped("INSERT INTO author VALUES (1, 'ada@x', '11', 'Ada Lovelace')");
    expect(plan.skip).to.deep.equal({ 'public.author': 1 });
    expect(await book.rows('book')).to.deep.equal([{ id: 4, author: 1, title: 'Notes' }]);
  });

  it('skips and names what needs an object that no row is proven to be', async () => {
    const { plan } = await skipped("INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob')");
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.book': 1 });
    expect(await book.rows('book')).to.deep.equal([]);
    expect(lines('plan')).to.deep.include({ object: 'public.book.4', decision: 'skip', needs: 'public.author.1' });
    expect(lines('map').map((line) => (line as { from: string }).from)).to.deep.equal(['public.tag.3']);
  });

  it('takes nothing for proven where two rows could be it', async () => {
    const { plan } = await skipped("INSERT INTO author VALUES (8, 'ada@x', '88', 'Ada'), (9, 'x@x', '11', 'Ada')");
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.book': 1 });
  });

  it('takes nothing for proven by NULL', async () => {
    const target = "INSERT INTO author VALUES (1, NULL, NULL, 'Bob')";
    const { plan } = await skipped(target, '; UPDATE author SET email = NULL, phone = NULL');
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.book': 1 });
  });

  it('takes nothing for proven by NULL, though NULLs are not distinct', async function () {
    await needsServer(this, 15);
    const strict = sql.replace('phone text UNIQUE', 'phone text UNIQUE NULLS NOT DISTINCT');
    const target = "INSERT INTO author VALUES (9, 'other@x', NULL, 'Bob')";
    book = await move({
      sql: strict,
      source: `${rows}; UPDATE author SET phone = NULL`,
      target,
      policy,
      objects: ['book.4'],
    });
    const { plan } = await book.import({ onConflict: 'skip' });
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.book': 1 });
  });

  it('takes the natural key of the policy for a proof', async () => {
    const models = { ...policy.models, author: { naturalKey: ['name'] } };
    const target = "INSERT INTO author VALUES (1, 'other@x', '77', 'Ada')";
    book = await move({ sql, source: rows, target, policy: { ...policy, models }, objects: ['book.4'] });
    const { plan } = await book.import({ onConflict: 'skip' });
    expect(plan.skip).to.deep.equal({ 'public.author': 1 });
  });

  it('skips what would need another key of its own', async () => {
    const more = "; INSERT INTO signature VALUES (1, 4, 'blue')";
    const { plan } = await skipped("INSERT INTO author VALUES (9, 'ada@x', '11', 'A')", more);
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.signature': 1 });
    expect(await book.rows('signature')).to.deep.equal([]);
  });

  it('keeps a key that holds a skipped object where the row of that key is proven the same', async () => {
    await skipped("INSERT INTO author VALUES (1, 'ada@x', '11', 'A')", "; INSERT INTO signature VALUES (1, 4, 'blue')");
    expect(await book.rows('signature')).to.deep.equal([{ author: 1, book: 4, ink: 'blue' }]);
  });

  it('leads links to the row that is proven the same', async () => {
    await skipped("INSERT INTO tag VALUES (30, 'new', 'green')");
    expect(await book.rows('book_tag')).to.deep.equal([{ book: 4, tag: 30 }]);
  });

  it('tells how many links stay out because what they lead to does', async () => {
    const more = "; INSERT INTO tag VALUES (5, 'old', 'green'), (6, 'odd', 'blue'); INSERT INTO book_tag VALUES (4, 5), (4, 6)";
    const { findings, links } = await skipped("INSERT INTO tag VALUES (3, 'a', 'b'), (5, 'c', 'd'), (60, 'odd', 'blue')", more);
    expect(Object.values(links.insert)).to.deep.equal([1]);
    const told = findings.flatMap(({ kind, on, reason }) => (kind === 'skipped' ? [`${on} ${reason}`] : []));
    expect(told).to.include('public.book.tag left out: 2 links to what is left out');
  });

  it('makes one link of two that lead to the same row', async () => {
    const target = "INSERT INTO tag VALUES (30, 'new', 'green')";
    const source = `${rows}; INSERT INTO tag VALUES (5, 'old', 'green'); INSERT INTO book_tag VALUES (4, 5)`;
    const twice = sql.replace('colour text', 'colour text UNIQUE');
    book = await move({ sql: twice, source, target, policy, objects: ['book.4'] });
    const { links } = await book.import({ onConflict: 'skip' });
    expect(Object.values(links.insert)).to.deep.equal([1]);
    expect(await book.rows('book_tag')).to.deep.equal([{ book: 4, tag: 30 }]);
  });

  it('skips what refers to a skipped object by another column than its key, where the target has no such row', async () => {
    const target = "INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob')";
    const { plan } = await skipped(target, "; UPDATE book SET author = NULL; INSERT INTO mail VALUES (5, 'ada@x', 4)");
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.mail': 1 });
  });

  describe('where a reference has no constraint and leads to another unique column than the key', () => {
    const mails = sql.replace('email text REFERENCES author (email)', 'email text');
    const declared = { ...policy, references: [{ from: 'mail.email', to: 'author.email' }] };
    const mail = "; UPDATE book SET author = NULL; INSERT INTO mail VALUES (5, 'ada@x', 4), (6, 'nobody@x', 4)";

    async function mailed(target: string): Promise<ImportResult> {
      book = await move({ sql: mails, source: rows + mail, target, policy: declared, objects: ['author.1', 'book.4'] });
      const result = await book.import({ onConflict: 'skip' });
      expect(result.status).to.equal('done');
      return result;
    }

    const dangling = ({ findings }: ImportResult): readonly string[] =>
      findings.flatMap(({ kind, on }) => (kind === 'dangling-reference' ? [on] : []));

    it('skips what needs the skipped object: it dangles no more than one by key', async () => {
      const result = await mailed("INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob')");
      expect(result.plan.skip).to.deep.equal({ 'public.author': 1, 'public.mail': 1 });
      expect(dangling(result)).to.deep.equal(['public.mail.6']);
    });

    it('lets it lead to the row that the unique column proves the same', async () => {
      const result = await mailed("INSERT INTO author VALUES (9, 'ada@x', '11', 'Ada Lovelace')");
      expect(result.plan.skip).to.deep.equal({ 'public.author': 1 });
      expect(await book.rows('mail')).to.deep.include({ id: 5, email: 'ada@x', book: 4 });
      expect(dangling(result)).to.deep.equal(['public.mail.6']);
    });

    it('skips it where the row that is proven the same has another value there', async () => {
      const result = await mailed("INSERT INTO author VALUES (9, NULL, '11', 'Ada Lovelace')");
      expect(result.plan.skip).to.deep.equal({ 'public.author': 1, 'public.mail': 1 });
      expect(dangling(result)).to.deep.equal(['public.mail.6']);
    });

    it('skips it where two rows could be the skipped object', async () => {
      const result = await mailed("INSERT INTO author VALUES (8, 'ada@x', '88', 'Ada'), (9, 'x@x', '11', 'Ada')");
      expect(result.plan.skip).to.deep.equal({ 'public.author': 1, 'public.mail': 1 });
    });
  });

  it('follows references to an object that stands behind', async () => {
    const more = "; INSERT INTO author VALUES (5, 'eve@x', '55', 'Eve'); UPDATE author SET boss = 5 WHERE id = 1";
    await skipped("INSERT INTO author VALUES (9, 'eve@x', '55', 'Eva')", more);
    expect(await book.rows('author')).to.deep.include({ id: 1, email: 'ada@x', phone: '11', name: 'Ada', boss: 9 });
  });

  it('skips what needs an unproven object that stands behind', async () => {
    const more = "; INSERT INTO author VALUES (5, 'eve@x', '55', 'Eve'); UPDATE author SET boss = 5 WHERE id = 1";
    const { plan } = await skipped("INSERT INTO author VALUES (5, 'bob@x', '22', 'Bob')", more);
    expect(plan.skip).to.deep.equal({ 'public.author': 2, 'public.book': 1 });
  });

  it('takes nothing for proven that itself needs an unproven object, wherever that stands', async () => {
    const more = "; INSERT INTO author VALUES (5, 'eve@x', '55', 'Eve'); UPDATE author SET boss = 5 WHERE id = 1";
    const { plan } = await skipped("INSERT INTO author VALUES (5, 'bob@x', '22', 'Bob'), (9, 'ada@x', '11', 'A')", more);
    expect(plan.skip).to.deep.equal({ 'public.author': 2, 'public.book': 1 });
  });

  it('takes no partial and no expression index for a proof, nor a natural key that is the key', async () => {
    const loose = sql
      .replace('email text UNIQUE, phone text UNIQUE', 'email text, phone text')
      .replace('REFERENCES author (email)', '');
    const indexes =
      "CREATE UNIQUE INDEX one ON author (email) WHERE phone <> ''; CREATE UNIQUE INDEX two ON author (lower(phone))";
    const models = { ...policy.models, author: { naturalKey: ['id'] } };
    for (const id of [1, 9]) {
      const target = `INSERT INTO author VALUES (${String(id)}, 'ada@x', '11', 'Other')`;
      book = await move({
        sql: `${loose}; ${indexes}`,
        source: rows,
        target,
        policy: { ...policy, models },
        objects: ['book.4'],
      });
      const { plan } = await book.import({ onConflict: 'skip' });
      expect(plan.skip, String(id)).to.deep.equal({ 'public.author': 1, 'public.book': 1 });
      if (id === 1) await book.close();
    }
  });

  it('takes nothing for proven by some columns of a constraint, nor by one over a column that the archive lacks', async () => {
    const pairs = sql
      .replace('email text UNIQUE, phone text UNIQUE', 'email text, phone text, UNIQUE (email, phone)')
      .replace('REFERENCES author (email)', '');
    const target = "ALTER TABLE author ADD more text UNIQUE DEFAULT 'm'; INSERT INTO author VALUES (1, 'ada@x', '99', 'Bob')";
    book = await move({ sql: pairs, source: rows, target, policy, objects: ['book.4'] });
    const { plan } = await book.import({ onConflict: 'skip' });
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.book': 1 });
    await book.target.query("UPDATE author SET phone = '11'");
    expect((await book.import({ onConflict: 'skip' })).plan.skip).to.deep.equal({ 'public.author': 1 });
  });

  it('leaves what is there and equal as it is, though it needs a skipped object', async () => {
    const { plan } = await skipped(
      "INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob'); INSERT INTO book VALUES (4, 1, 'Notes')",
    );
    expect([plan.skip, plan.same]).to.deep.equal([{ 'public.author': 1 }, { 'public.book': 1 }]);
  });

  it('skips what needs an object that is skipped for a value that leads nowhere', async () => {
    // Nothing here can stand behind what needs it: no other pass would be made.
    const replies = `${sql.replace(', boss int REFERENCES author', '')}; CREATE TABLE reply (id int PRIMARY KEY, mail int REFERENCES mail)`;
    book = await move({
      sql: replies,
      source: `${rows.replace("'Ada', NULL", "'Ada'")}; UPDATE book SET author = NULL; INSERT INTO mail VALUES (5, 'ada@x', 4); INSERT INTO reply VALUES (6, 5)`,
      target: "INSERT INTO author VALUES (1, 'bob@x', '22', 'Bob')",
      policy: { ...policy, models: { ...policy.models, reply: {} } },
      objects: ['book.4'],
    });
    const { status, plan } = await book.import({ onConflict: 'skip' });
    expect(status).to.equal('done');
    expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.mail': 1, 'public.reply': 1 });
    expect(plan.insert).to.deep.equal({ 'public.book': 1, 'public.tag': 1 });
  });

  it('skips what would hold two keys in one column', async () => {
    const shared = `CREATE TABLE firm (id int PRIMARY KEY, name text UNIQUE); CREATE TABLE clerk (firm int REFERENCES firm, id int, name text UNIQUE, PRIMARY KEY (firm, id));
      CREATE TABLE task (id int PRIMARY KEY, firm int REFERENCES firm, clerk int, FOREIGN KEY (firm, clerk) REFERENCES clerk)`;
    const objects = ['task.3'];
    const models = { firm: {}, clerk: {}, task: {} };
    const source =
      "INSERT INTO firm VALUES (1, 'acme'); INSERT INTO clerk VALUES (1, 7, 'bob'); INSERT INTO task VALUES (3, 1, 7)";
    const target = "INSERT INTO firm VALUES (1, 'acme'), (2, 'other'); INSERT INTO clerk VALUES ";
    for (const [row, task] of [
      ["(1, 9, 'bob')", [{ id: 3, firm: 1, clerk: 9 }]],
      ["(2, 7, 'bob')", []],
    ] as const) {
      book = await move({ sql: shared, source, target: target + row, policy: { models }, objects });
      await book.import({ onConflict: 'skip' });
      expect(await book.rows('task')).to.deep.equal(task);
      if (task.length > 0) await book.close();
    }
  });

  it('changes nothing the second time', async () => {
    await skipped("INSERT INTO author VALUES (9, 'ada@x', '11', 'Ada Lovelace')");
    const twice = await book.import({ onConflict: 'skip' });
    expect(twice.plan.insert).to.deep.equal({});
    expect(twice.plan.same).to.deep.equal({ 'public.book': 1, 'public.tag': 1 });
    expect(twice.links.insert).to.deep.equal({});
  });
});
