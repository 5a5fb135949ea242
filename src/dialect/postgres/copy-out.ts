import type { Statement } from '../session.js';
import type { Client } from './client.js';
import { queryTimeout } from './client.js';
import { CopyOutQuery } from './copy-out-query.js';

/** A reader that stops early reads on to the end where that is near; else the connection is closed. */
const drainLimit = 16 * 1024 * 1024;

/**
 * Runs a `COPY … TO STDOUT` and yields what comes. A consumer may stop early: what is left on the wire is then read and
 * thrown away, or, where there is much of it, `abandon` is called and the connection is of no more use. At last `onEnd` is told
 * how many rows there were.
 */
export async function* copyOut(
  client: Client,
  sql: string | Statement,
  abandon: () => Promise<void>,
  onEnd: (rows: number) => void,
): AsyncGenerator<Buffer> {
  const query = client.query(Object.assign(new CopyOutQuery(sql), queryTimeout(client)));
  try {
    for (let chunk = await query.next(); chunk !== undefined; chunk = await query.next()) yield chunk;
  } finally {
    if (!query.ended && !(await drained(query))) await abandon();
    // The driver's time-out, where it has one, is stopped by whoever finishes the query.
    query.callback?.();
    onEnd(query.rows);
  }
}

async function drained(query: CopyOutQuery): Promise<boolean> {
  try {
    for (let bytes = 0; bytes < drainLimit;) {
      const chunk = await query.next();
      if (chunk === undefined) return true;
      bytes += chunk.length;
    }
    return false;
  } catch {
    return false;
  }
}
