/** Reads the next item while who has asked for the last one waits for something else: the database, most often. */
export async function* readAhead<Item>(source: AsyncGenerator<Item, void>): AsyncGenerator<Item, void> {
  let next = source.next();
  try {
    for (;;) {
      const result = await next;
      if (result.done === true) return;
      // Not at once: what the consumer sends comes first.
      next = new Promise<void>((resolve) => setImmediate(resolve)).then(() => source.next());
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    await next.catch(() => undefined);
    await source.return(undefined);
  }
}
