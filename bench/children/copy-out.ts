import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { copyAsLines, organisationSelects } from '../organisation-selects.js';
import { childOptions, report } from './options.js';

/** The same rows as JSON lines by plain COPY, one client, one file. */
const { url, path, organisation } = childOptions();
const client = new Client({ connectionString: url });
await client.connect();
await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
let bytes = 0;
const counts = { objects: 0, links: 0 };
const selects = organisationSelects(organisation);
for (const [at, [table, select]] of selects.entries()) {
  const copy = client.query(copyTo(copyAsLines(select)));
  const file = createWriteStream(path, { flags: at === 0 ? 'w' : 'a' });
  await pipeline(copy, file);
  bytes += file.bytesWritten;
  counts[table === 'task_label' ? 'links' : 'objects'] += copy.rowCount;
}
await client.query('COMMIT');
await client.end();
report({ ...counts, bytes, queries: selects.length, listed: 0 });
