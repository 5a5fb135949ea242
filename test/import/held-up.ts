import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { TestDatabase } from '../support/database.js';

/** Runs `work` against locks that another transaction took, and `meanwhile` when it waits for them; then lets it go on. */
export async function heldUp<T>(
  database: TestDatabase,
  locks: string,
  work: () => Promise<T>,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`BEGIN; ${locks}`);
    const working = work();
    working.catch(() => undefined);
    try {
      while (!(await isWaiting(database))) await setTimeout(20);
      await meanwhile();
    } finally {
      await client.query('COMMIT');
    }
    return await working;
  } finally {
    await client.end();
  }
}

async function isWaiting(database: TestDatabase): Promise<boolean> {
  const [row] = await database.query(
    'SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS waits',
  );
  return row?.['waits'] === true;
}
