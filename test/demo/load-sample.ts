import { createReadStream, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Loads every `<table>.csv.gz` of a folder into the tables of an empty library, and moves the sequences behind the greatest keys. */
export async function loadSample(url: string, folder: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("BEGIN; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'");
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.csv.gz'))) {
      const table = basename(file, '.csv.gz');
      const copy = client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT csv, HEADER)`));
      await pipeline(createReadStream(join(folder, file)), createGunzip(), copy);
      const sequence = await client.query<{ name: string | null }>("SELECT pg_get_serial_sequence($1, 'id') AS name", [table]);
      if (sequence.rows[0]?.name != null) {
        await client.query(`SELECT setval($1, greatest(1, max(id)), max(id) IS NOT NULL) FROM ${table}`, [sequence.rows[0].name]);
      }
    }
    await client.query('COMMIT; ANALYZE');
  } finally {
    await client.end();
  }
}
