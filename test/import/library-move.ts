import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { librarySchema } from '../../demo-app/library-schema.js';
import { seedLibrary } from '../../demo-app/seed/seed-library.js';
import { PortolanError } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

/** The library, an empty one, and a folder for what goes between them. */
export interface LibraryMove {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly from: DataSource;
  readonly to: DataSource;
  readonly folder: string;
  close(): Promise<void>;
}

/** `through` may lead the connections elsewhere. */
export async function libraryMove(
  through: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<LibraryMove> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-library-'));
  const source = await createDatabase();
  await seedLibrary(source.url);
  const target = await createDatabase({ sql: librarySchema });
  const from = await libraryDataSource(await through(source.url)).initialize();
  const to = await libraryDataSource(await through(target.url)).initialize();
  return {
    source,
    target,
    from,
    to,
    folder,
    close: async () => {
      await from.destroy();
      await to.destroy();
      await source.drop();
      await target.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What some work of ours fails with; undefined where it ends well. */
export async function failureIfAny(work: Promise<unknown>): Promise<PortolanError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
}
