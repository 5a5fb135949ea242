import { readFileSync } from 'node:fs';

/** Whom the server runs as: options for spawn. */
export interface ServerIdentity {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL does not run as root: there it becomes `postgres` where there is such a user, else `nobody`. */
export function serverIdentity(): ServerIdentity {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as.');
}
