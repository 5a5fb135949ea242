import { administer } from './database.js';

/** Skips a test, or all tests of a `before`, on a server that is older than what they are about. */
export async function needsServer(context: Mocha.Context, major: number): Promise<void> {
  if ((await serverMajor()) < major) context.skip();
}

/** The major version of the server that the tests run on, such as 18. */
export async function serverMajor(): Promise<number> {
  const [row] = await administer("SELECT current_setting('server_version_num')::int / 10000 AS major");
  return Number(row?.['major']);
}
