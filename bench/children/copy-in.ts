import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { organisationSelects } from '../organisation-rows.js';
import { childOptions, report } from './options.js';

/** The same rows by plain COPY into the same empty tables, all indexes and foreign keys in place, in one transaction. */
const { url, path } = childOptions();
const client = new Client({ connectionString: url });
await client.connect();
await client.query('BEGIN');
let bytes = 0;
const counts = { objects: 0, links: 0 };
for (const [table] of organisationSelects) {
  const copy = client.query(copyFrom(`COPY ${table} FROM STDIN`));
  const file = createReadStream(join(path, `${table}.copy`));
  await pipeline(file, copy);
  bytes += file.bytesRead;
  counts[table === 'task_label' ? 'links' : 'objects'] += copy.rowCount;
}
await client.query('COMMIT');
await client.end();
report({ ...counts, bytes, queries: organisationSelects.length });
