import { Client } from 'pg';
import { librarySchema } from '../library-schema.js';
import { libraryRows } from './library-rows.js';
import type { TableRows } from './library-rows.js';
import { otherLibraryRows } from './other-library-rows.js';

/** The seed behind every demo library. */
const standardSeed = 1492;

/** Creates the library's tables in an empty database: no rows. */
export async function createLibrary(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(librarySchema);
  });
}

/**
 * Creates the library's tables and fills them, in one transaction.
 *
 * @returns rows by table
 */
export async function seedLibrary(url: string, seed = standardSeed): Promise<Readonly<Record<string, number>>> {
  return await fillTables(url, libraryRows(seed));
}

/** A library of another town: it has readers, authors and books in common with the first, and gave everything other keys. */
export async function seedOtherLibrary(url: string): Promise<Readonly<Record<string, number>>> {
  return await fillTables(url, otherLibraryRows(libraryRows(standardSeed)));
}

async function fillTables(url: string, tables: readonly TableRows[]): Promise<Readonly<Record<string, number>>> {
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    await client.query(librarySchema);
    for (const table of tables) await fill(client, table);
    await client.query('COMMIT');
    await client.query('ANALYZE');
  });
  return Object.fromEntries(tables.map(({ table, rows }) => [table, rows.length]));
}

async function fill(client: Client, { table, columns, rows }: TableRows): Promise<void> {
  const places = rows.map(
    (_, row) => `(${columns.map((_, column) => `$${String(row * columns.length + column + 1)}`).join(', ')})`,
  );
  await client.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')}`, rows.flat());
  if (typeof rows[0]?.[0] === 'number')
    await client.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), max(id)) FROM ${table}`, [table]);
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
