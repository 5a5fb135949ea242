import { Client } from 'pg';
import { organisationSelects } from '../organisation-selects.js';
import { childOptions, report } from './options.js';

/** The same rows by plain DELETE, in one transaction: by keys in temporary tables, children before parents, all foreign keys in place. */
const { url, organisation } = childOptions();
const client = new Client({ connectionString: url });
await client.connect();
await client.query('BEGIN');
const counts = { objects: 0, links: 0 };
const keyed = organisationSelects(organisation, (alias) => (alias === 'x' ? 'x.task_id, x.label_id' : `${alias}.id`));
for (const [table, select] of keyed) {
  await client.query(`CREATE TEMP TABLE ${table}_keys ON COMMIT DROP AS ${select}`);
  await client.query(`ANALYZE ${table}_keys`);
}
for (const [table] of [...keyed].reverse()) {
  const same = table === 'task_label' ? 't.task_id = k.task_id AND t.label_id = k.label_id' : 't.id = k.id';
  const { rowCount } = await client.query(`DELETE FROM ${table} t USING ${table}_keys k WHERE ${same}`);
  counts[table === 'task_label' ? 'links' : 'objects'] += rowCount ?? 0;
}
await client.query('COMMIT');
await client.end();
report({ ...counts, bytes: 0, queries: keyed.length * 3, listed: 0 });
