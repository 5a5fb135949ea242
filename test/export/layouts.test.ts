import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import type { ExportOptions, Layout, ProgressEvent } from '../../src/index.js';
import { exportObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

/** A file for each model: `key|text|…` a line. */
function lines(models?: readonly string[]): Layout {
  return {
    write: async ({ schema, rows, output }) => {
      for (const model of models ?? ['public.shelf', 'public.book', 'public.tag', 'public.note']) {
        const member = await output.create(`${model}.txt`);
        const entity = schema.entities.get(model)!;
        for await (const { row, lists } of rows.all(entity)) {
          while (row.next()) {
            const texts = row.columns.map((_, at) => row.cursor.text(at) ?? 'NULL');
            await member.write(Buffer.from(`${[...texts, ...lists.map((list) => list.of(row.key()).join('+'))].join('|')}\n`));
          }
        }
        await member.finish();
      }
    },
  };
}

describe('a layout', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;

  before(async () => {
    database = await createDatabase({
      sql: `CREATE TABLE shelf (id int PRIMARY KEY, name text, api_token text);
        CREATE TABLE book (id int PRIMARY KEY, shelf int REFERENCES shelf, other int REFERENCES shelf, title text);
        CREATE TABLE note (id int PRIMARY KEY, book int NOT NULL REFERENCES book, body text);
        CREATE TABLE tag (id int PRIMARY KEY, name text); CREATE TABLE tagged (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag));
        INSERT INTO shelf VALUES (1, E'a\\tb\\\\', 'HIDDEN'), (2, 'other', 'HIDDEN'); INSERT INTO tag VALUES (1, 'x'), (2, 'y'), (3, 'z');
        INSERT INTO book SELECT id, 1, CASE WHEN id = 7 THEN 2 END, 'book ' || id FROM generate_series(1, 12000) id;
        INSERT INTO book VALUES (99999, 2, NULL, 'stays');
        INSERT INTO note SELECT id, id, 'note ' || id FROM generate_series(1, 12000) id; INSERT INTO note VALUES (99999, 99999, 'stays');
        INSERT INTO tagged VALUES (3, 2), (3, 1), (11000, 3); ANALYZE`,
    });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-layouts-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const policy = {
    models: { shelf: {}, book: {}, note: {}, tag: {}, tagged: {} },
    boundary: { shelf: 'drop' },
    references: [],
  } as const;
  const write = (layout: Layout, more: Partial<ExportOptions> = {}): ReturnType<typeof exportObjects> =>
    exportObjects(dataSource, { objects: ['shelf.1'], policy, layout, output: join(folder, 'out'), ...more });
  const read = (model: string): readonly string[] =>
    readFileSync(join(folder, 'out', `${model}.txt`), 'utf8')
      .split('\n')
      .slice(0, -1);

  for (const jobs of [1, 3]) {
    it(`is given the rows that leave, as they leave, and no others: ${jobs} readers`, async () => {
      const result = await write(lines(), { jobs });
      expect(read('public.shelf')).to.deep.equal(['1|a\tb\\']);
      expect(read('public.book')).to.have.length(12_000);
      // What lies beyond the boundary is cut, and so is the reference to it.
      expect(read('public.book')[6]).to.equal('7|NULL|1|book 7|');
      expect([read('public.book')[2], read('public.book')[10_999]]).to.deep.equal([
        '3|NULL|1|book 3|1+2',
        '11000|NULL|1|book 11000|3',
      ]);
      expect(read('public.note').at(-1)).to.match(/12000/u).and.not.include('stays');
      expect(result.objects).to.deep.equal({ 'public.book': 12_000, 'public.note': 12_000, 'public.shelf': 1, 'public.tag': 3 });
      expect(Object.values(result.links)).to.deep.equal([3]);
      expect(result.total).to.equal(24_004);
      expect(JSON.stringify(readdirSync(folder))).to.equal('["out"]');
    });
  }

  for (const jobs of [1, 3]) {
    it(`tells how far it has come: each row once, however often it is read, and the bytes that are written: ${String(jobs)} readers`, async () => {
      const again: Layout = {
        write: async (context) => {
          const { schema, rows } = context;
          const [book, note] = [schema.entities.get('public.book')!, schema.entities.get('public.note')!];
          for await (const { row } of rows.all(book)) while (row.next()) row.key();
          const pass = rows.pass(note);
          const halves = rows.sideBySide(
            [await rows.keys(note)],
            (reader, keys) => pass.byKey(reader, [...keys]),
            () => 1,
          );
          for await (const row of halves) while (row.next()) row.key();
          pass.end();
          await lines().write(context);
        },
      };
      const events: ProgressEvent[] = [];
      const { bytes, objects, total } = await write(again, { jobs, onProgress: (event) => events.push(event) });
      const told: Record<string, number> = {};
      const ofRows = events.filter(({ stage }) => stage === 'rows');
      for (const { model, done } of ofRows) told[model] = (told[model] ?? 0) + done;
      expect(told).to.deep.equal(objects);
      const last = ofRows.at(-1)!.overall!;
      expect([last.done, last.total, last.share]).to.deep.equal([total, total, 1]);
      expect(last.bytes).to.be.greaterThan(0).and.at.most(bytes);
      const shares = events.map(({ overall }) => overall!.share);
      expect(shares).to.deep.equal([...shares].sort((a, b) => a - b));
    });
  }

  it('has to take everything: what it forgets fails the export, and nothing is left behind', async () => {
    const error = await failureOf(write(lines(['public.shelf', 'public.book', 'public.tag'])));
    expect(error).to.include({ code: 'ROWS_MISSING' });
    expect((error as Error).message).to.include('public.note');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('leaves nothing behind where it fails itself, or where the export is strict', async () => {
    const broken: Layout = {
      write: async (context) => {
        await lines().write(context);
        context.findings.warn('some-warning', 'layout', 'it said so');
      },
    };
    expect(await failureOf(write(broken, { strict: true }))).to.include({ code: 'STRICT' });
    const failing: Layout = {
      write: async ({ output }) => {
        await (await output.create('begun')).write(Buffer.alloc(5_000_000));
        throw new Error('on purpose');
      },
    };
    for (const output of ['out', 'out.tar.gz']) {
      expect(((await failureOf(write(failing, { output: join(folder, output) }))) as Error).message).to.equal('on purpose');
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is written to nothing under a dry run, and never to one document', async () => {
    await write(lines(), { dryRun: true });
    for (const output of ['-', join(folder, 'out.json')]) {
      expect(await failureOf(write(lines(), { output }))).to.include({ code: 'OUTPUT_LAYOUT' });
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('may be refused a column that is left out, and is never given it', async () => {
    const curious: Layout = {
      write: async ({ schema, rows }) => {
        for await (const cursor of rows.named(schema.entities.get('public.shelf')!, ['api_token'], [1])) cursor.text(0);
      },
    };
    expect(await failureOf(write(curious))).to.include({ code: 'LAYOUT_VALUE' });
  });
});
