import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { ExportOptions } from '../../src/export/export-options.js';
import type { ImportOptions, ImportResult } from '../../src/import/import-options.js';
import { exportObjects, importObjects, resealArchive } from '../../src/index.js';
import type { Policy } from '../../src/policy/policy.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

export interface MoveOptions {
  /** Both databases; those of {@link source} and {@link target} follow it. */
  readonly sql: string;
  readonly source?: string;
  readonly target?: string;
  readonly policy: Policy;
  readonly objects: readonly string[];
  readonly export?: Partial<ExportOptions>;
}

/** Rows on their way from one database to another, which no entity maps: the policy names the tables. */
export interface Move {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly from: DataSource;
  readonly to: DataSource;
  readonly folder: string;
  readonly archive: string;
  import(options?: Partial<ImportOptions>): Promise<ImportResult>;
  /** Writes the archive anew. */
  export(options: Partial<ExportOptions>): Promise<void>;
  /** Imports the archive into its own source. */
  importAtHome(options?: Partial<ImportOptions>): Promise<ImportResult>;
  /** Changes the archive's text and seals it again. */
  edit(change: (text: string) => string): Promise<void>;
  /** A table of the target, in the order of its first column. */
  rows(table: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function move(options: MoveOptions): Promise<Move> {
  const { policy, sql } = options;
  const folder = mkdtempSync(join(tmpdir(), 'portolan-move-'));
  const archive = join(folder, 'archive.json');
  const source = await createDatabase({ sql: `${sql};${options.source ?? ''}` });
  const target = await createDatabase({ sql: `${sql};${options.target ?? ''}` });
  const from = await new DataSource({ type: 'postgres', url: source.url, entities: [] }).initialize();
  const to = await new DataSource({ type: 'postgres', url: target.url, entities: [] }).initialize();
  const close = async (): Promise<void> => {
    for (const one of [from, to]) if (one.isInitialized) await one.destroy();
    await source.drop();
    await target.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  const write = async (more: Partial<ExportOptions> = {}): Promise<void> => {
    const { objects } = options;
    await exportObjects(from, { objects, output: archive, policy, reproducible: true, force: true, ...options.export, ...more });
  };
  try {
    await write();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    source,
    target,
    from,
    to,
    folder,
    archive,
    import: (more) => importObjects(to, { archive, policy, ...more }),
    export: write,
    importAtHome: (more) => importObjects(from, { archive, policy, ...more }),
    edit: async (change) => {
      writeFileSync(archive, change(readFileSync(archive, 'utf8')));
      await resealArchive(archive);
    },
    rows: (table) => target.query(`SELECT * FROM ${table} ORDER BY 1`),
    close,
  };
}
