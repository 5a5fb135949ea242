import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { TestDatabase } from '../support/database.js';

/** Runs `work` against locks that another transaction took, and `meanwhile` when it waits for them; then lets it go on. */
export async function heldUp<T>(
  database: TestDatabase,
  locks: string,
  work: () => Promise<T>,
  meanwhile: (other: pg.Client) => Promise<unknown> = () => Promise.resolve(),
): Promise<T> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`BEGIN; ${locks}`);
    const working = work();
    working.catch(() => undefined);
    try {
      while (!(await isWaiting(database))) await setTimeout(20);
      await meanwhile(client);
    } finally {
      await client.query('COMMIT');
    }
    return await working;
  } finally {
    await client.end();
  }
}

/** Whether some other connection to the database waits for a lock: other tests have theirs on the same server. */
export async function isWaiting(database: TestDatabase): Promise<boolean> {
  const [row] = await database.query(
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') AS waits",
  );
  return row?.['waits'] === true;
}
