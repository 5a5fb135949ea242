import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { reportShape, shapeOptions } from './shape-options.js';

/** The same rows as JSON lines by plain COPY, one client, one file. */
const { url, path, shape } = shapeOptions();
const client = new Client({ connectionString: url });
await client.connect();
await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
const counts = { objects: 0, links: 0, bytes: 0, queries: 0 };
for (const kind of ['objects', 'links'] as const) {
  for (const select of Object.values(shape[kind] ?? {})) {
    const copy = client.query(
      copyTo(`COPY (SELECT row_to_json(__r) FROM (${select}) __r) TO STDOUT (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')`),
    );
    const file = createWriteStream(path, { flags: counts.queries === 0 ? 'w' : 'a' });
    await pipeline(copy, file);
    counts.bytes += file.bytesWritten;
    counts[kind] += copy.rowCount;
    counts.queries += 1;
  }
}
await client.query('COMMIT');
await client.end();
reportShape(counts);
