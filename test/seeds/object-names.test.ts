import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { toKey } from '../../src/closure/key.js';
import { seedLookup } from '../../src/dialect/postgres/seed-lookup.js';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import { exportObjects, verifyArchive } from '../../src/index.js';
import { findSeeds } from '../../src/seeds/find-seeds.js';
import { formatObjectName, parseObjectName } from '../../src/seeds/object-name.js';
import type { Chart } from '../schema/chart.js';
import { drawChart } from '../schema/chart.js';
import { failureOf } from '../support/failure.js';
import { extremeTexts } from '../values/extreme-texts.js';
import { serverMajor } from '../support/needs-server.js';

/** Column names that stand in the way of whoever reads `a=1,b=2`. */
const columns = ['a', 'b', 'b=c', 'd,e', 'q"q', '"x"', ' f ', 'g.h', 'i[j]', 'ключ'];
const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table for each type that can be a key; `hub` is what connects them. */
const typeTables = Object.entries(extremeTexts).map(([type, texts]) => {
  const table = quotedName(`key_${type}`);
  // A text that is cast to regclass has to name a table.
  const rows = (type === 'regclass' ? texts.slice(0, 1) : texts).map(
    (text) => `BEGIN INSERT INTO ${table} VALUES ('${text.replaceAll("'", "''")}'); EXCEPTION WHEN others THEN NULL; END;`,
  );
  return `BEGIN CREATE TABLE ${table} (id pg_catalog.${quotedName(type)} PRIMARY KEY, hub int REFERENCES hub); ${rows.join(' ')} EXCEPTION WHEN others THEN NULL; END;`;
});
const sql = `CREATE SCHEMA "my.schema"; CREATE SCHEMA b; CREATE TABLE hub (id int PRIMARY KEY);
  CREATE TABLE word (id text PRIMARY KEY, hub int REFERENCES hub); CREATE TABLE b.c (id text PRIMARY KEY, hub int REFERENCES hub);
  CREATE TABLE b."c.d" (id int PRIMARY KEY, hub int REFERENCES hub); CREATE TABLE "my.schema"."my.table" (id text PRIMARY KEY, hub int REFERENCES hub);
  CREATE TABLE vote (by text, answer boolean, hub int REFERENCES hub, PRIMARY KEY (by, answer));
  CREATE TABLE odd (${columns.map((name) => `${quotedName(name)} text`).join(', ')}, hub int REFERENCES hub, PRIMARY KEY (${columns.map(quotedName).join(', ')}));
  CREATE TABLE flag (raised boolean, by text, hub int, PRIMARY KEY (raised, by)); INSERT INTO flag VALUES (false, 'a,b', 99);
  ALTER TABLE flag ADD FOREIGN KEY (hub) REFERENCES hub NOT VALID; CREATE TABLE mark (id boolean PRIMARY KEY, hub int);
  INSERT INTO hub VALUES (7); CREATE TABLE twin (id int PRIMARY KEY, hub int REFERENCES hub); INSERT INTO twin VALUES (1, 7), (2, 7);
  INSERT INTO mark VALUES (false, 99); ALTER TABLE mark ADD FOREIGN KEY (hub) REFERENCES hub NOT VALID;
  INSERT INTO word VALUES (''), ('.'), ('[x=y]'); INSERT INTO vote VALUES ('', false), ('x,by=y', true); DO $do$ BEGIN ${typeTables.join(' ')} END $do$`;

/** Texts that consist of what separates, mostly. */
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom(',', '=', '"', '[', ']', '.', 'a', 'b', ' ', '\\', '😀', '\n', 'a=', ',b='), maxLength: 12 }),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
);

describe('the name of an object, as it is printed', function () {
  this.timeout(180_000);
  let chart: Chart;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-names-'));
    chart = await drawChart({ before: sql, policy: { models: { hub: {} } } });
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await chart?.close();
  });

  for (const [model, parts] of [
    ['public.word', 1],
    ['b.c', 1],
    ['my_schema.my_table', 1],
    ['public.odd', columns.length],
  ] as const) {
    it(`is read as the same key, whatever the key holds: ${model}`, () => {
      const entity = chart.entity(model);
      fc.assert(
        fc.property(fc.array(texts, { minLength: parts, maxLength: parts }), (key) => {
          const name = parseObjectName(chart.schema, formatObjectName(entity, toKey(key, false)));
          expect(name.entity.model).to.equal(model);
          expect(name.columns.map((column) => column.name)).to.deep.equal(entity.key);
          expect(name.values).to.deep.equal(key);
        }),
        { numRuns: 1000 },
      );
    });
  }

  it('finds the same row again: every row of a table for each type that can be a key', async () => {
    const session = await openReadSession(chart.dataSource);
    const met: string[] = [];
    try {
      for (const entity of chart.schema.entities.values()) {
        const integer = entity.columns.find((column) => column.name === entity.key[0])?.kind === 'integer';
        const list = entity.key.map(quotedName).join(', ');
        const rows = await session.query(`SELECT ${list} FROM "${entity.table.schema}"."${entity.table.name}"`);
        for (const row of rows) {
          const key = toKey(row.map(String), entity.key.length === 1 && integer);
          const name = formatObjectName(entity, key);
          const { byModel, names } = await findSeeds(session, seedLookup, chart.schema, [name]);
          expect(names).to.deep.equal([name]);
          expect([...(byModel.get(entity.model)?.sorted() ?? [])]).to.deep.equal([key]);
        }
        if (rows.length > 0) met.push(entity.table.name.replace(/^key_/u, ''));
      }
    } finally {
      await session.close();
    }
    expect(met).to.include.members([
      'word',
      'vote',
      ...'bool int2 int8 float8 numeric text bpchar char name bytea date timestamptz'.split(' '),
    ]);
    expect(met).to.include.members('interval uuid jsonb inet bit varbit pg_lsn int4range tid oidvector money'.split(' '));
    if ((await serverMajor()) >= 14) expect(met).to.include('nummultirange');
  });

  it('tells a boolean as people and the archive write it', () => {
    const name = (model: string, key: readonly string[]): string => formatObjectName(chart.entity(model), toKey(key, false));
    expect([name('public.key_bool', ['f']), name('public.key_bool', ['t'])]).to.deep.equal([
      'public.key_bool.false',
      'public.key_bool.true',
    ]);
    expect(name('public.vote', ['a,b', 'f'])).to.equal('public.vote.by="a,b",answer=false');
  });

  it('is the same in the archive, where its list of dangling references names objects', async () => {
    const output = join(folder, 'dangling.json');
    const objects = ['mark.false', 'flag.by="a,b",raised=f'];
    await exportObjects(chart.dataSource, { objects, output, policy: { models: { hub: {} } } });
    const { header, trailer } = await verifyArchive(output);
    const named = ['public.flag.raised=false,by="a,b"', 'public.mark.false'];
    expect(header.seeds).to.deep.equal(named);
    expect(trailer.dangling.map(({ object }) => object).sort()).to.deep.equal(named);
  });

  it('is refused where it fits no row, several, or no value', async () => {
    const refused = async (names: readonly string[]): Promise<unknown> => {
      const session = await openReadSession(chart.dataSource);
      try {
        return await failureOf(findSeeds(session, seedLookup, chart.schema, names));
      } finally {
        await session.close();
      }
    };
    expect(await refused([])).to.include({ code: 'NO_OBJECT', exitCode: 2 });
    expect(await refused(['flag[hub=99]', 'vote[answer=maybe]'])).to.include({ code: 'UNKNOWN_OBJECT', exitCode: 2 });
    expect(await refused(['key_int4.'])).to.include({ message: '"key_int4.": not a value of id (integer)' });
    expect(await refused(['mark[hub=99]', 'twin[hub=7]'])).to.include({
      code: 'OBJECT_AMBIGUOUS',
      message: '"twin[hub=7]" matches 2 rows of public.twin',
    });
  });

  it('is malformed only where it names no key', () => {
    for (const text of ['', 'word', 'public.word', 'vote.', 'vote.x', 'vote[by]', 'vote[=x]'])
      expect(() => parseObjectName(chart.schema, text), text)
        .to.throw()
        .with.property('code', 'OBJECT_MALFORMED');
    for (const text of ['word.', 'public.word.', 'word[id=]', 'vote.by=x,', 'word.public.word.', 'Word[id=""]'])
      expect(() => parseObjectName(chart.schema, text), text).not.to.throw();
    expect(parseObjectName(chart.schema, 'vote.by="x,""y",answer=true').values).to.deep.equal(['x,"y', 'true']);
    expect(parseObjectName(chart.schema, 'vote.by="x" y,z,answer=true').values).to.deep.equal(['"x" y,z', 'true']);
  });

  it('is told with the columns of the key where they are several', async () => {
    expect(() => parseObjectName(chart.schema, 'vote.x'))
      .to.throw()
      .with.property('hint', 'Write public.vote.by=…,answer=… or public.vote[column=value].');
    await chart.dataSource.query('UPDATE vote SET hub = 7');
    const session = await openReadSession(chart.dataSource);
    try {
      expect(await failureOf(findSeeds(session, seedLookup, chart.schema, ['vote[hub=7]']))).to.include({
        code: 'OBJECT_AMBIGUOUS',
        hint: 'Name one by its key: public.vote.by=…,answer=…',
      });
    } finally {
      await session.close();
    }
  });
});
