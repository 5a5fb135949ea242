import { createHash } from 'node:crypto';

/** Lines of a file that is proven whole when it is read: the first, the others, and last how many these are and the SHA-256 of all before. */
export async function* sealedLines(first: unknown, lines: AsyncIterable<unknown>): AsyncGenerator {
  const hash = createHash('sha256');
  let count = 0;
  const hashed = <T>(line: T): T => {
    hash.update(`${JSON.stringify(line)}\n`);
    return line;
  };
  yield hashed(first);
  for await (const line of lines) {
    count += 1;
    yield hashed(line);
  }
  yield { trailer: { lines: count, sha256: hash.digest('hex') } };
}
