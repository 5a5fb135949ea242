import type { Statement } from '../session.js';

/** What is used of a connection's socket. */
export interface StatementStream {
  write(bytes: Buffer, done?: (error?: Error | null) => void): unknown;
  cork(): void;
  uncork(): void;
}

/** The message by which a client sends a statement. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const query = 0x51;
/** Its type, and its length, which counts itself. */
const headerLength = 5;
const end = Buffer.alloc(1);

/**
 * Sends a statement piece by piece, at the pace at which the server takes it. The server answers when it has all of it; where the connection
 * breaks, the driver tells.
 */
export async function sendStatement(stream: StatementStream, statement: Statement): Promise<void> {
  const header = Buffer.alloc(headerLength);
  header[0] = query;
  header.writeUInt32BE(headerLength - 1 + statement.length + end.length, 1);
  stream.cork();
  stream.write(header);
  let isCorked = true;
  for (const piece of statement.pieces()) {
    const sent = new Promise<boolean>((resolve) => {
      stream.write(piece, (error) => {
        resolve(error === null || error === undefined);
      });
    });
    if (isCorked) stream.uncork();
    isCorked = false;
    if (!(await sent)) return;
  }
  stream.write(end);
}
