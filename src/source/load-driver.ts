import { createRequire } from 'node:module';

/**
 * Loads `pg`, before TypeORM does. It looks at its start whether it runs at Cloudflare: by `navigator`, which Node has from version 21 on, else by
 * making a `Response`, for which Node 20 loads all of `fetch`. So it finds a `navigator` while it is loaded, and nobody else does.
 */
export function loadDriver(): void {
  const place = globalThis as { navigator?: { readonly userAgent: string } };
  const isMissing = !('navigator' in place);
  if (isMissing) place.navigator = { userAgent: `Node.js/${process.versions.node}` };
  try {
    createRequire(import.meta.url)('pg');
  } catch {
    // Whoever needs it says so.
  } finally {
    if (isMissing) delete place.navigator;
  }
}
