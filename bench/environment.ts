import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { projectRoot } from '../demo-app/project-root.js';

const toldSettings = [
  ...['shared_buffers', 'work_mem', 'maintenance_work_mem', 'max_wal_size', 'fsync', 'synchronous_commit'],
  ...['full_page_writes', 'autovacuum', 'jit', 'max_parallel_workers_per_gather'],
];

/** What every number of a run depends on: machine, versions, the server's settings. */
export async function environment(serverUrl: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT name, pg_catalog.current_setting(name) AS value FROM pg_catalog.pg_settings
     WHERE name = ANY ($1) OR name = 'server_version' ORDER BY name`,
    [toldSettings],
  );
  await client.end();
  const version = rows.find(({ name }) => name === 'server_version')?.value ?? '?';
  const settings = rows.filter(({ name }) => name !== 'server_version').map(({ name, value }) => `${name}=${value}`);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return [
    `Machine: ${process.platform} ${process.arch}, ${String(availableParallelism())} × ${model}, ${memory}`,
    `Versions: Node ${process.version}, PostgreSQL ${version}, typeorm ${versionOf('typeorm')}, pg ${versionOf('pg')}`,
    `Server: ${settings.join(', ')}`,
  ];
}

function versionOf(module: string): string {
  const path = join(projectRoot(), 'node_modules', module, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
}
