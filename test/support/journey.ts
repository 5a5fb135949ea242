import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { DataSource } from 'typeorm';
import type { ArchiveObject, ExportOptions, ExportResult, ImportOptions, ImportResult } from '../../src/index.js';
import { exportObjects, importObjects, openArchive, verifyArchive } from '../../src/index.js';
import type { TestDatabase } from './database.js';
import { createDatabase } from './database.js';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

export interface JourneyOptions {
  /** TypeORM makes their tables in both databases. */
  readonly entities: NonNullable<PostgresOptions['entities']>;
  readonly dataSource?: Partial<PostgresOptions>;
  /** Run in both databases once the tables are there. */
  readonly sql?: string;
  /** Run in the source only. */
  readonly rows: string;
  /** Startup options of our connections to each. */
  readonly settings?: { readonly from: string; readonly to: string };
}

/** Rows that go through an archive into another database. */
export interface Journey {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly from: DataSource;
  readonly to: DataSource;
  /** Where the archive is. */
  readonly archive: string;
  /** What the last export gave. */
  readonly exported: ExportResult;
  export(objects: readonly string[], options?: Partial<ExportOptions>): Promise<readonly ArchiveObject[]>;
  import(options?: Partial<ImportOptions>): Promise<ImportResult>;
  end(): Promise<void>;
}

/** Making a database takes longer than most journeys. */
const spare: TestDatabase[] = [];

/** Rows in one of two databases. They use the schema public only: it alone is made anew for the next. */
export async function setOut(options: JourneyOptions): Promise<Journey> {
  const { settings } = options;
  const source = spare.pop() ?? (await createDatabase());
  const target = spare.pop() ?? (await createDatabase());
  const open = async ({ url }: TestDatabase, startup: string | undefined): Promise<DataSource> =>
    new DataSource({
      type: 'postgres',
      entities: options.entities,
      synchronize: true,
      ...(startup === undefined ? {} : { extra: { options: startup } }),
      ...options.dataSource,
      url,
    }).initialize();
  const from = await open(source, settings?.from);
  const to = await open(target, settings?.to);
  for (const database of [source, target]) if (options.sql !== undefined) await database.query(options.sql);
  await source.query(options.rows);
  const folder = mkdtempSync(join(tmpdir(), 'portolan-journey-'));
  const archive = join(folder, 'archive.json');
  let exported: ExportResult | undefined;
  return {
    source,
    target,
    from,
    to,
    archive,
    get exported() {
      if (exported === undefined) throw new Error('nothing was exported');
      return exported;
    },
    export: async (objects, more) => {
      exported = await exportObjects(from, { objects, output: archive, force: true, reproducible: true, ...more });
      await verifyArchive(archive);
      const all: ArchiveObject[] = [];
      for await (const batch of (await openArchive(archive)).objects()) all.push(...batch);
      return all;
    },
    import: (more) => importObjects(to, { archive, ...more }),
    end: async () => {
      await from.destroy();
      await to.destroy();
      for (const database of [source, target]) await database.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      spare.push(source, target);
      rmSync(folder, { recursive: true });
    },
  };
}

/** All rows of some tables, each as the server writes it. */
export async function rowsOf(
  database: TestDatabase,
  tables: readonly string[],
): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const rows: Record<string, readonly unknown[]> = {};
  for (const table of tables) {
    const found = await database.query(`SELECT t::text AS row FROM ${table} t ORDER BY 1`);
    rows[table] = found.map(({ row }) => row);
  }
  return rows;
}
