import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, EntitySchema } from 'typeorm';
import type { ArchiveObject } from '../../src/archive/archive.js';
import type { ArchiveTrailer, ExportOptions } from '../../src/index.js';
import { exportObjects, verifyArchive } from '../../src/index.js';
import { createDatabase } from '../support/database.js';

/** A few tables made by SQL, of which TypeORM knows one, and what is exported of them. */
export interface SmallSource {
  readonly dataSource: DataSource;
  /** The objects that went out, by name; each with its fields. */
  take(
    options: ExportOptions,
  ): Promise<{ readonly objects: Readonly<Record<string, ArchiveObject['fields']>>; readonly trailer: ArchiveTrailer }>;
  close(): Promise<void>;
}

export async function smallSource(table: string, sql: string): Promise<SmallSource> {
  const database = await createDatabase({ sql });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are typed as a class there
  const known = new EntitySchema<{ id: number }>({
    name: table,
    tableName: table,
    columns: { id: { type: 'integer', primary: true } },
  });
  const dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [known] }).initialize();
  const folder = mkdtempSync(join(tmpdir(), 'portolan-small-'));
  return {
    dataSource,
    take: async (options) => {
      const output = join(folder, 'out.json');
      await exportObjects(dataSource, { force: true, ...options, output });
      const { trailer } = await verifyArchive(output);
      const { objects } = JSON.parse(readFileSync(output, 'utf8')) as { objects: ArchiveObject[] };
      return {
        objects: Object.fromEntries(
          objects
            .map(({ model, pk, fields }) => [`${model}.${String(pk as number)}`, fields] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
        trailer,
      };
    },
    close: async () => {
      await dataSource.destroy();
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}
