import type { Key } from '../../../closure/key.js';
import type { ZulipFiles } from './zulip-files.js';

/** The users of each group, of the memberships that leave. */
export async function groupMembers(files: ZulipFiles): Promise<ReadonlyMap<Key, readonly Key[]>> {
  const members = new Map<Key, Key[]>();
  const entity = files.entity('zerver_usergroupmembership');
  if (entity === undefined) return members;
  for await (const { row } of files.context.rows.all(entity)) {
    const group = row.columns.findIndex(({ name }) => name === 'user_group_id');
    const user = row.columns.findIndex(({ name }) => name === 'user_profile_id');
    while (row.next()) {
      const key = row.cursor.integer(group);
      const users = members.get(key);
      if (users === undefined) members.set(key, [row.cursor.integer(user)]);
      else users.push(row.cursor.integer(user));
    }
  }
  return members;
}
