import type { Key } from '../../../closure/key.js';
import type { ZulipFiles } from './zulip-files.js';

/** What records of files say of the user. */
export interface UserOfFiles {
  readonly realm: Key;
  readonly email: string | null;
  /** Whether there is an avatar of their own. */
  readonly hasAvatar: boolean;
}

/** The users that leave. */
export async function usersOfFiles(files: ZulipFiles): Promise<ReadonlyMap<Key, UserOfFiles>> {
  const users = new Map<Key, UserOfFiles>();
  const entity = files.entity('zerver_userprofile');
  if (entity === undefined) return users;
  for await (const { row } of files.context.rows.all(entity)) {
    const place = (column: string): number => row.columns.findIndex(({ name }) => name === column);
    const [realm, email, source] = [place('realm_id'), place('email'), place('avatar_source')];
    const { cursor } = row;
    while (row.next()) {
      users.set(row.key(), {
        realm: cursor.integer(realm),
        email: email < 0 ? null : cursor.text(email),
        hasAvatar: source >= 0 && cursor.text(source) === 'U',
      });
    }
  }
  return users;
}
