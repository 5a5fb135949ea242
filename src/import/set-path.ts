import type { Session } from '../dialect/session.js';

/** Where unqualified names are looked up until the transaction ends. Ours are all qualified; those in triggers of an application may not be. */
export async function setPath(session: Session, path: string): Promise<void> {
  await session.query("SELECT pg_catalog.set_config('search_path', $1, true)", [path], { what: 'set the search path' });
}
