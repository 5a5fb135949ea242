import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import type { ExportResult } from '../../src/index.js';
import { explainObjects, exportObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import { run } from '../support/run.js';

const policy = { models: { owner: {}, thing: {}, part: {} } };
const objects = ['public.owner.1'];

describe('keys that need more memory than an export may take', () => {
  let source: TestDatabase;
  let from: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-memory-'));
    source = await createDatabase();
    await source.query(
      `CREATE TABLE owner (id integer PRIMARY KEY);
       CREATE TABLE thing (id uuid PRIMARY KEY, owner_id integer NOT NULL REFERENCES owner, other_id uuid REFERENCES thing);
       CREATE TABLE part (thing_id uuid REFERENCES thing, name text COLLATE "C", place bigint NOT NULL, PRIMARY KEY (thing_id, name));
       CREATE INDEX ON thing (owner_id); CREATE INDEX ON thing (other_id);
       INSERT INTO owner VALUES (1), (2);
       INSERT INTO thing SELECT md5(i::text)::uuid, 1 + i % 2, CASE WHEN i > 3 THEN md5((i - 3)::text)::uuid END
       FROM generate_series(1, 4000) i;
       INSERT INTO part SELECT id, 'part ' || n, n * 1000000007 FROM thing, generate_series(1, 2) n`,
    );
    from = await new DataSource({ type: 'postgres', url: source.url, entities: [] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await source.drop();
    rmSync(folder, { recursive: true });
  });

  async function take(name: string, maxMemory: number | undefined): Promise<ExportResult & { readonly text: string }> {
    const output = join(folder, name);
    const result = await exportObjects(from, { objects, policy, output, maxMemory, reproducible: true, maxDepth: 1000 });
    return { ...result, text: readFileSync(output, 'utf8') };
  }

  it('stand in a file meanwhile: the archive is the same, and nothing but it stays', async () => {
    const whole = await take('whole.json', undefined);
    const spilled = await take('spilled.json', 100_000);
    expect(spilled.text).to.equal(whole.text);
    expect(whole.total).to.be.greaterThan(8000);
    expect(readdirSync(folder).sort()).to.deep.equal(['spilled.json', 'whole.json']);
    const keysOf = ({ closure }: ExportResult): readonly unknown[] => [
      ...(closure.taken.get('public.thing')?.taken.sorted() ?? []),
    ];
    expect(keysOf(whole)).to.have.length(whole.objects['public.thing'] ?? 0);
    expect(spilled.closure.taken.get('public.thing')?.taken.size).to.equal(whole.objects['public.thing']);
    expect(() => keysOf(spilled)).to.throw('the export has ended');
  });

  it('are explained as ever', async () => {
    const why = `public.thing.${String((await source.query("SELECT md5('3999')::uuid AS id"))[0]?.['id'])}`;
    const [whole, spilled] = [undefined, 50_000].map((maxMemory) => explainObjects(from, { objects, policy, why, maxMemory }));
    expect(await spilled).to.deep.equal(await whole);
  });

  it('leave nothing behind where the export is refused or interrupted', async () => {
    const output = join(folder, 'refused.json');
    const before = readdirSync(folder);
    const refused = await failureOf(exportObjects(from, { objects, policy, output, maxMemory: 50_000, maxObjects: 7000 }));
    expect(refused).to.include({ code: 'BUDGET_EXCEEDED' });
    const interruption = new AbortController();
    const onProgress = ({ done }: { readonly done: number }): void => {
      if (done > 3000) interruption.abort();
    };
    const { signal } = interruption;
    await failureOf(exportObjects(from, { objects, policy, output, maxMemory: 50_000, onProgress, signal }));
    expect(signal.aborted).to.equal(true);
    expect(readdirSync(folder)).to.deep.equal(before);
  });

  it('are told how much by --max-memory, in units', async () => {
    const words = ['public.owner.1', '--url', source.url, '--policy', join(folder, 'policy.json'), '--dry-run'];
    writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
    expect((await run('portolan', ['export', ...words, '--max-memory', '1.5 MB'])).code).to.equal(0);
    for (const size of ['64', '1kB', '1XB', 'much', '']) {
      const { code, stderr } = await run('portolan', ['export', ...words, '--max-memory', size]);
      expect([code, stderr]).to.satisfy(
        ([exit, said]: [number, string]) => exit === 2 && /--max-memory takes a size/u.test(said),
      );
    }
    expect(await failureOf(exportObjects(from, { objects, policy, dryRun: true, maxMemory: 0.5 }))).to.include({
      code: 'OPTION_VALUE',
    });
  });
});
