import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { explainObjects, exportObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

const models = { org: {}, usr: {}, doc: {}, com: {}, keyless: {} };

describe('a table without key, that nobody needs', () => {
  let database: TestDatabase;
  let from: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-keyless-'));
    database = await createDatabase({
      sql: `CREATE TABLE org (id int PRIMARY KEY); CREATE TABLE usr (id int PRIMARY KEY, org int NOT NULL REFERENCES org);
        CREATE TABLE doc (id int PRIMARY KEY, usr int REFERENCES usr); CREATE TABLE com (id int PRIMARY KEY, doc int NOT NULL REFERENCES doc, usr int REFERENCES usr);
        CREATE TABLE keyless (usr int REFERENCES usr, note text, more text);
        INSERT INTO org VALUES (1), (2); INSERT INTO usr VALUES (1, 1), (2, 2); INSERT INTO doc VALUES (5, 2); INSERT INTO com VALUES (1, 5, 1), (2, 5, 2)`,
    });
    from = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('is no obstacle where the way to a row is asked for', async () => {
    const { why } = await explainObjects(from, { objects: ['doc.5'], why: 'org.2', policy: { models } });
    expect(why?.map(({ object }) => object)).to.deep.equal(['public.doc.5', 'public.usr.2', 'public.org.2']);
  });

  it('is no obstacle where a border is crossed', async () => {
    const refused = exportObjects(from, { objects: ['doc.5'], dryRun: true, exclude: ['org'], policy: { models } });
    expect(await failureOf(refused)).to.include({ code: 'EXCLUDED_NEEDED', exitCode: 3 });
  });

  it('has no rows that could be named', async () => {
    const refused = exportObjects(from, { objects: ['keyless[note=a]'], dryRun: true, policy: { models } });
    expect(await failureOf(refused)).to.include({ code: 'KEY_UNKNOWN', exitCode: 2 });
  });

  it('is not listed as left out where rows are dropped, nor is any model of which none is', async () => {
    const output = join(folder, 'out.json');
    await exportObjects(from, { objects: ['doc.5'], output, policy: { models, exclude: { org: 'drop' } } });
    const { trailer } = JSON.parse(readFileSync(output, 'utf8')) as { trailer: { leftOut: { model: string; count: number }[] } };
    expect(trailer.leftOut.every(({ count }) => count > 0)).to.equal(true);
    expect(trailer.leftOut.map(({ model }) => model)).to.not.include('public.keyless');
  });
});
