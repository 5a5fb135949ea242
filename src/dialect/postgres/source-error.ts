/** What the caller's own chunks threw. */
export class SourceError extends Error {
  constructor(cause: unknown) {
    super('the source of the rows failed', { cause });
  }
}
