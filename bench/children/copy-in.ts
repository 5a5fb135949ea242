import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyFile, organisationSelects } from '../organisation-selects.js';
import { childOptions, report } from './options.js';

/** The same rows by plain COPY into the same empty tables, all indexes and foreign keys in place, in one transaction. */
const { url, path, organisation } = childOptions();
const client = new Client({ connectionString: url });
await client.connect();
await client.query('BEGIN');
let bytes = 0;
const counts = { objects: 0, links: 0 };
const selects = organisationSelects(organisation);
for (const [table] of selects) {
  const copy = client.query(copyFrom(`COPY ${table} FROM STDIN`));
  const file = createReadStream(copyFile(path, organisation, table));
  await pipeline(file, copy);
  bytes += file.bytesRead;
  counts[table === 'task_label' ? 'links' : 'objects'] += copy.rowCount;
}
await client.query('COMMIT');
await client.end();
report({ ...counts, bytes, queries: selects.length, listed: 0 });
