/**
 * What the user's files print while they are loaded and opened is talk, and goes to standard error: standard output belongs to the
 * archive and to the result.
 */
export async function talkAside<T>(work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'write');
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await work();
  } finally {
    if (before === undefined) delete (process.stdout as { write?: unknown }).write;
    else Object.defineProperty(process.stdout, 'write', before);
  }
}
