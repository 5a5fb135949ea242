/** Re-cuts chunks at row ends: within COPY text a line feed is always the end of a row. */
export async function* wholeRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    // Only the row that was cut is put together: all the others stay where they are.
    const start = rest.length === 0 ? 0 : chunk.indexOf(0x0a) + 1;
    if (start > 0) yield Buffer.concat([...rest, chunk.subarray(0, start)]);
    rest = end === chunk.length ? [] : [chunk.subarray(end)];
    if (start < end) yield chunk.subarray(start, end);
  }
}
