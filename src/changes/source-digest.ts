import { createHash } from 'node:crypto';
import type { Session } from '../dialect/session.js';
import { databaseIdentity } from './database-identity.js';

/**
 * Tells archives of one database from those of others, whatever it is called and wherever it stands: lower-case hex of SHA-256. A copy of
 * the server's files has the same, a restored dump another. Undefined where the role may not ask.
 */
export async function sourceDigest(session: Session): Promise<string | undefined> {
  const { oid, system } = await databaseIdentity(session);
  if (system === undefined) return undefined;
  return createHash('sha256').update(`portolan source 1\n${system}\n${oid}\n`).digest('hex');
}
