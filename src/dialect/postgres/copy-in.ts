import type { Writable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import type { Client } from './client.js';
import { queryTimeout } from './client.js';
import { SourceError } from './source-error.js';

/**
 * Runs a `COPY … FROM STDIN` with what `chunks` gives, at the pace at which the server takes it. An error of the database
 * rejects with the driver's error; an error of `chunks` ends the COPY on the server, and is thrown as it is, wrapped in
 * {@link SourceError} so that the two can be told apart.
 */
export async function copyIn(client: Client, sql: string, chunks: AsyncIterable<Buffer | string>): Promise<number> {
  const stream = client.query(Object.assign(copyFrom(sql), queryTimeout(client))) as unknown as CopyStream;
  const state = { failed: false };
  const finished = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve);
    stream.on('error', (error) => {
      state.failed = true;
      reject(error);
      // What is still buffered must not be sent: the driver has let go of the connection.
      stream.destroy();
    });
  });
  finished.catch(() => undefined);
  const writable = (): Promise<void> => new Promise((resolve) => stream.once('drain', resolve));
  try {
    for await (const chunk of chunks) {
      if (state.failed) break;
      if (!stream.write(chunk)) await Promise.race([writable(), finished.catch(() => undefined)]);
    }
  } catch (cause) {
    if (!state.failed) {
      // The server's log gets this text: no row value may be in it.
      stream.destroy(new Error('stopped by the sender'));
      await finished.catch(() => undefined);
    }
    throw new SourceError(cause);
  }
  if (!state.failed) stream.end();
  await finished;
  return stream.rowCount;
}

type CopyStream = Writable & { readonly rowCount: number };
