import type { Purpose } from '../dialect/query-event.js';
import type { Session, TextRow } from '../dialect/session.js';
import { decodeRow } from '../values/copy-text.js';

/** Rows of a query, some at a time, however many there are. No other statement may run before the last. */
export async function* copyRows(session: Session, sql: string, purpose: Purpose): AsyncGenerator<readonly TextRow[]> {
  for await (const lines of copyLines(session, sql, purpose)) yield lines.map(decodeRow);
}

/** The same, as lines of COPY text. */
export async function* copyLines(session: Session, sql: string, purpose: Purpose): AsyncGenerator<readonly string[]> {
  let rest = Buffer.alloc(0);
  for await (const chunk of session.copyOut(`COPY (${sql}) TO STDOUT`, purpose)) {
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    const text = Buffer.concat([rest, chunk.subarray(0, end - 1)]).toString('utf8');
    // What the driver gives is its own again when the next comes.
    rest = Buffer.from(chunk.subarray(end));
    yield text.split('\n');
  }
}
