import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { TestDatabase } from './database.js';
import { createDatabase } from './database.js';

/** A source and a target of the same tables, connections to them without an entity, and a folder. */
export interface TwoDatabases {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly from: DataSource;
  readonly to: DataSource;
  /** Path of a file in the folder. */
  readonly file: (name: string) => string;
}

/** They are there as long as the tests around it run. `more` is run in the target only. */
export function twoDatabases(sql: string, more = ''): TwoDatabases {
  const made = {} as { -readonly [Name in keyof TwoDatabases]: TwoDatabases[Name] };
  let folder = '';
  const open = ({ url }: TestDatabase): Promise<DataSource> =>
    new DataSource({ type: 'postgres', url, entities: [] }).initialize();
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-two-'));
    made.file = (name) => join(folder, name);
    made.source = await createDatabase({ sql });
    made.target = await createDatabase({ sql: `${sql};${more}` });
    made.from = await open(made.source);
    made.to = await open(made.target);
  });
  after(async () => {
    await made.from.destroy();
    await made.to.destroy();
    await made.source.drop();
    await made.target.drop();
    rmSync(folder, { recursive: true });
  });
  return made;
}
