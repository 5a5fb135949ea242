import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { organisationSelects } from '../organisation-rows.js';
import { childOptions, report } from './options.js';

/** The same rows as JSON lines by plain COPY, one client, one file. */
const { url, path } = childOptions();
const client = new Client({ connectionString: url });
await client.connect();
await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
let bytes = 0;
const counts = { objects: 0, links: 0 };
for (const [at, [table, select]] of organisationSelects.entries()) {
  const copy = client.query(
    copyTo(`COPY (SELECT row_to_json(__r) FROM (${select}) __r) TO STDOUT (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')`),
  );
  const file = createWriteStream(path, { flags: at === 0 ? 'w' : 'a' });
  await pipeline(copy, file);
  bytes += file.bytesWritten;
  counts[table === 'task_label' ? 'links' : 'objects'] += copy.rowCount;
}
await client.query('COMMIT');
await client.end();
report({ ...counts, bytes, queries: organisationSelects.length });
