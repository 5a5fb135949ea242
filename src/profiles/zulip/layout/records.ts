import type { Key } from '../../../closure/key.js';
import type { CopiedFile } from '../../../files/named-file.js';
import type { JsonValue } from './json-text.js';
import type { UserOfFiles } from './users-of-files.js';

/** What rows say of a file that was copied. */
export interface FactsOfRecord {
  readonly realm: Key;
  /** Whose it is, where a row says so. */
  readonly user?: Key;
  /** Below the folder of the export. */
  readonly path: string;
  /** Of an emoji. */
  readonly fileName?: string;
}

export type Users = ReadonlyMap<Key, UserOfFiles>;

/** The record of an upload or an avatar. */
export function recordOf(facts: FactsOfRecord & { readonly user: Key }, users: Users, copied: CopiedFile): JsonValue {
  const { realm, user, path } = facts;
  return (
    storedRecord(facts, users, copied) ?? {
      realm_id: Number(realm),
      user_profile_id: Number(user),
      user_profile_email: users.get(user)?.email ?? null,
      s3_path: path,
      path,
      size: copied.bytes,
      last_modified: copied.modified.getTime() / 1000,
      content_type: null,
    }
  );
}

/** The record of a file that was an object of a bucket, for which Zulip has other members; undefined where it was none. */
export function storedRecord(facts: FactsOfRecord, users: Users, { stored, bytes, modified }: CopiedFile): JsonValue | undefined {
  if (stored === undefined) return undefined;
  const { realm, path, fileName } = facts;
  const user = facts.user ?? userSaid(stored.metadata['user_profile_id']);
  return {
    s3_path: path,
    bucket: stored.bucket,
    size: bytes,
    last_modified: modified.getTime() / 1000,
    content_type: stored.contentType,
    md5: stored.md5,
    ...(user === undefined ? {} : { user_profile_id: Number(user), user_profile_email: users.get(user)?.email ?? null }),
    realm_id: Number(realm),
    path,
    ...(fileName === undefined ? {} : { file_name: fileName }),
  };
}

/** Who put it there. */
function userSaid(text: string | undefined): Key | undefined {
  return text !== undefined && /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}
