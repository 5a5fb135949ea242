import 'reflect-metadata';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { entities } from '../../demo-app/library-entities.js';
import { tables } from '../../demo-app/library-schema.js';

/** A data source of the library's entities on some database; initialized. */
export async function libraryDataSource(url: string): Promise<DataSource> {
  const dataSource = new DataSource({ type: 'postgres', url, entities: [...entities], synchronize: false });
  return dataSource.initialize();
}

export async function createLibraryTables(url: string): Promise<void> {
  await withClient(url, (client) => client.query(tables));
}

/** Loads a folder of `<table>.csv.gz` in one transaction: every foreign key is deferred. */
export async function loadSample(url: string, folder: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.csv.gz'))) {
      const table = file.replace('.csv.gz', '');
      const gunzip = createGunzip();
      const header = await firstLine(join(folder, file));
      const target = client.query(copyFrom(`COPY "${table}" (${header}) FROM STDIN (FORMAT csv, HEADER)`));
      await pipeline(createReadStream(join(folder, file)), gunzip, target);
    }
    await client.query('COMMIT');
  });
}

async function firstLine(path: string): Promise<string> {
  let text = '';
  for await (const chunk of createReadStream(path).pipe(createGunzip())) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
