import type { Readable } from 'node:stream';
import { to as copyTo } from 'pg-copy-streams';
import type { Client } from './client.js';
import { queryTimeout } from './client.js';

/** A reader that stops early reads on to the end where that is near; else the connection is closed. */
const drainLimit = 16 * 1024 * 1024;

/**
 * Runs a `COPY … TO STDOUT` and yields what comes. A consumer may stop early: what is left on the wire is then read and
 * thrown away, or, where there is much of it, `abandon` is called and the connection is of no more use.
 */
export async function* copyOut(client: Client, sql: string, abandon: () => Promise<void>): AsyncGenerator<Buffer> {
  const stream = client.query(Object.assign(copyTo(sql), queryTimeout(client))) as unknown as Readable & {
    callback?: () => void;
  };
  // A connection that is lost after the last chunk still tells the stream.
  stream.on('error', () => undefined);
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  let open = true;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        open = false;
        throw error;
      });
      if (next.done === true) {
        open = false;
        return;
      }
      yield next.value;
    }
  } finally {
    if (open && !(await drained(chunks))) await abandon();
    // The driver's time-out, where it has one, is stopped by whoever finishes the query.
    stream.callback?.();
  }
}

async function drained(chunks: AsyncIterator<Buffer>): Promise<boolean> {
  try {
    for (let bytes = 0; bytes < drainLimit;) {
      const next = await chunks.next();
      if (next.done === true) return true;
      bytes += next.value.length;
    }
    return false;
  } catch {
    return false;
  }
}
