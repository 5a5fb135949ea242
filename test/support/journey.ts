import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  /** `CREATE DATABASE … <this>`, for each of the two. */
  readonly locales?: readonly [source: string, target: string];
}

/** Rows that go through an archive into another database. */
export interface Journey {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly from: DataSource;
  readonly to: DataSource;
  /** What the last export gave. */
  readonly exported: ExportResult;
  export(objects: readonly string[], options?: Partial<ExportOptions>): Promise<readonly ArchiveObject[]>;
  /** The last archive's bytes. */
  bytes(): Buffer;
  import(options?: Partial<ImportOptions>): Promise<ImportResult>;
  end(): Promise<void>;
}

export async function setOut(options: JourneyOptions): Promise<Journey> {
  const [sourceLocale, targetLocale] = options.locales ?? [];
  const source = await createDatabase(sourceLocale === undefined ? {} : { locale: sourceLocale });
  const target = await createDatabase(targetLocale === undefined ? {} : { locale: targetLocale });
  const open = async ({ url }: TestDatabase): Promise<DataSource> =>
    new DataSource({
      type: 'postgres',
      entities: options.entities,
      synchronize: true,
      ...options.dataSource,
      url,
    }).initialize();
  const from = await open(source);
  const to = await open(target);
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
    bytes: () => readFileSync(archive),
    import: (more) => importObjects(to, { archive, ...more }),
    end: async () => {
      await from.destroy();
      await to.destroy();
      await source.drop();
      await target.drop();
      rmSync(folder, { recursive: true });
    },
  };
}
