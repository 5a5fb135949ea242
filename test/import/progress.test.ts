import { expect } from 'chai';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { Column, Entity, JoinColumn, JoinTable, ManyToMany, ManyToOne, PrimaryColumn } from 'typeorm';
import type { OverallProgress, ProgressEvent } from '../../src/index.js';
import { explainObjects, exportObjects, importObjects } from '../../src/index.js';
import { dataSourceOf } from '../dialect/data-source.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

@Entity()
class Tag {
  @PrimaryColumn('int') id!: number;
}

@Entity()
class Box {
  @PrimaryColumn('int') id!: number;
}

@Entity()
class Note {
  @PrimaryColumn('int') id!: number;
  @Column('text') text!: string;
  @ManyToOne(() => Box) @JoinColumn({ name: 'box_id' }) box!: object;
  @ManyToMany(() => Tag) @JoinTable() tags!: object[];
}

const boxes = 10;
const notes = 60_000;
const tables = `CREATE TABLE box (id int PRIMARY KEY); CREATE TABLE tag (id int PRIMARY KEY);
  CREATE TABLE note (id int PRIMARY KEY, text text NOT NULL, box_id int NOT NULL REFERENCES box);
  CREATE INDEX ON note (box_id);
  CREATE TABLE note_tags_tag ("noteId" int REFERENCES note, "tagId" int REFERENCES tag, PRIMARY KEY ("noteId", "tagId"));`;

type Told = ProgressEvent & { readonly overall: OverallProgress };

describe('progress', function () {
  this.timeout(300_000);
  let folder: string;
  let databases: readonly TestDatabase[];
  let from: DataSource;
  let to: DataSource;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-progress-'));
    const rows = `INSERT INTO box SELECT generate_series(1, ${String(boxes)}); INSERT INTO tag VALUES (1);
      INSERT INTO note SELECT n, md5(n::text), 1 + n % ${String(boxes)} FROM generate_series(1, ${String(notes)}) n;
      INSERT INTO note_tags_tag SELECT id, 1 FROM note WHERE id % 20 = 0; ANALYZE;`;
    databases = [await createDatabase({ sql: tables + rows }), await createDatabase({ sql: tables })];
    const [source = '', target = ''] = databases.map(({ url }) => url);
    from = await dataSourceOf(source, { entities: [Box, Note, Tag] });
    to = await dataSourceOf(target, { entities: [Box, Note, Tag] });
  });
  after(async () => {
    await from.destroy();
    await to.destroy();
    for (const database of databases) await database.drop();
    rmSync(folder, { recursive: true });
  });

  const half = Array.from({ length: boxes / 2 }, (_, at) => `Box.${String(at + 1)}`);
  const total = boxes / 2 + notes / 2 + 1;

  /** What was told, each event with how far the whole command had come. */
  async function told(work: (onProgress: (event: ProgressEvent) => void) => Promise<unknown>): Promise<readonly Told[]> {
    const events: Told[] = [];
    await work((event) => {
      if (event.overall === undefined) throw new Error(`nothing overall in ${event.stage}`);
      events.push({ ...event, overall: event.overall });
    });
    const shares = events.map(({ overall }) => overall.share);
    expect(shares, 'never falls').to.deep.equal([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share >= 0 && share <= 1)).to.equal(true);
    // The cost of an event is that of a few rows.
    expect(events.length).to.be.lessThan(40 + total / 100);
    return events;
  }
  const stagesOf = (events: readonly Told[]): readonly string[] => [...new Set(events.map(({ stage }) => stage))];
  const lastOf = (events: readonly Told[], stage: string): OverallProgress | undefined =>
    events.findLast((event) => event.stage === stage)?.overall;

  it('of an export: what is expected from the catalog, then what is known, and what was written', async () => {
    const output = join(folder, 'half.json');
    const events = await told((onProgress) => exportObjects(from, { objects: half, output, maxDepth: 9, onProgress }));
    expect(stagesOf(events)).to.deep.equal(['closure', 'rows']);
    // Half of the boxes bring half of the notes.
    const [first] = events;
    expect(first?.overall).to.deep.include({ done: 5, exact: false, bytes: 0 });
    expect(first?.overall.total).to.be.closeTo(total, total / 100);
    expect(lastOf(events, 'closure')?.total).to.be.closeTo(total, total / 100);
    const rows = events.filter(({ stage }) => stage === 'rows');
    expect(rows.every(({ overall }) => overall.exact && overall.total === total)).to.equal(true);
    expect(rows.reduce((sum, { done }) => sum + done, 0)).to.equal(total);
    expect(rows.at(-1)?.overall).to.include({ done: total, share: 1 });
    const { size } = statSync(output);
    expect(rows.at(-1)?.overall.bytes).to.be.within(size * 0.9, size);
  });

  it('of what writes nothing ends with the closure', async () => {
    for (const work of [explainObjects, exportObjects]) {
      const events = await told((onProgress) => work(from, { objects: half, dryRun: true, maxDepth: 9, onProgress }));
      expect(stagesOf(events)).to.deep.equal(['closure']);
      expect(events.at(-1)?.overall.share).to.be.greaterThan(0.9);
    }
  });

  for (const extension of ['json', 'json.gz', 'json.br']) {
    it(`of an import into empty tables: the archive tells how much there is (${extension})`, async () => {
      const archive = join(folder, `import.${extension}`);
      await exportObjects(from, { objects: half, output: archive });
      const plain = extension === 'json' ? statSync(archive).size : 100 * total;
      const events = await told((onProgress) => importObjects(to, { archive, dryRun: true, onProgress }));
      expect(stagesOf(events)).to.deep.equal(['apply', 'links', 'verify']);
      const written = events.filter(({ stage }) => stage === 'apply');
      const middle = written[Math.floor(written.length / 2)]?.overall;
      expect(middle?.exact).to.equal(false);
      // What the decompression holds is not told yet.
      expect(middle?.total).to.be.within(total / 2, 2 * total);
      expect(written.at(-1)?.overall).to.include({ done: total });
      expect(written.at(-1)?.overall.bytes).to.be.within(plain * 0.9, plain * 1.2);
      expect(lastOf(events, 'links')).to.include({ done: notes / 2, total: notes / 2, exact: true });
      expect(events.at(-1)?.overall).to.include({ done: total, total, exact: true, share: 1 });
    });
  }

  it('of an import into tables with rows: the plan tells what is left to write', async () => {
    const archive = join(folder, 'import.json');
    await importObjects(to, { archive });
    await to.query('DELETE FROM note_tags_tag; DELETE FROM note WHERE box_id = 1');
    const events = await told((onProgress) => importObjects(to, { archive, onProgress }));
    expect(stagesOf(events)).to.deep.equal(['plan', 'apply', 'links', 'verify']);
    expect(lastOf(events, 'plan')).to.include({ done: total });
    expect(lastOf(events, 'apply')).to.include({ done: notes / 2, total: notes / 2, exact: true });
    expect(events.at(-1)?.overall).to.include({ done: notes / 2, share: 1 });
  });

  it('of an import that has to plan after all goes on from where it was', async () => {
    await to.query('TRUNCATE box, note, tag, note_tags_tag; ALTER TABLE note ADD UNIQUE (text)');
    await from.query("UPDATE note SET text = 'twice' WHERE id >= 59990");
    const archive = join(folder, 'twice.json');
    await exportObjects(from, { objects: half, output: archive });
    const events = await told(async (onProgress) => {
      const { status } = await importObjects(to, { archive, onProgress });
      expect(status).to.equal('refused');
    });
    expect(stagesOf(events).slice(0, 2)).to.deep.equal(['apply', 'plan']);
  });
});
