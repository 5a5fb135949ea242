import type { Session } from '../dialect/session.js';

/** `database library on localhost as postgres`: said before anything is written there. */
export function describeTarget(session: Pick<Session, 'server'>): string {
  const { host, database, user } = session.server;
  return `database ${database} on ${host} as ${user}`;
}
