import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { StoredObject, StoreServer } from '../store/store-server.js';

/** Puts the files of a Zulip server's folder into two buckets, as a server with S3 keeps them: avatars without an ending, and owners told. */
export async function fillBuckets(server: StoreServer, uploads: string, dataSource: DataSource): Promise<void> {
  const owners = new Map(
    (
      await dataSource.query<{ path_id: string; owner_id: number; realm_id: number }[]>(
        'SELECT path_id, owner_id, realm_id FROM zulip.zerver_attachment',
      )
    ).map(({ path_id: path, owner_id: owner, realm_id: realm }) => [
      path,
      { user_profile_id: String(owner), realm_id: String(realm) },
    ]),
  );
  const users = await dataSource.query<{ id: number; realm_id: number }[]>('SELECT id, realm_id FROM zulip.zerver_userprofile');
  const byHash = new Map(
    users.map(({ id, realm_id: realm }) => [
      createHash('sha1')
        .update(`${String(id)}sample-avatar-salt`)
        .digest('hex'),
      { user_profile_id: String(id), realm_id: String(realm) },
    ]),
  );
  const put = (bucket: string, name: string, path: string, metadata: Readonly<Record<string, string>>): void => {
    const bytes = readFileSync(path);
    const version = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const object: StoredObject = { bytes, version, headers: { 'content-type': 'text/plain' }, metadata };
    server.buckets.get(bucket)!.set(name, object);
  };
  for (const path of filesBelow(join(uploads, 'files'))) {
    put('acme-uploads', path, join(uploads, 'files', path), owners.get(path) ?? {});
  }
  for (const path of filesBelow(join(uploads, 'avatars'))) {
    const isAvatar = /^\d+\/[\da-f]{40}\.png$/u.test(path);
    const hash = /[\da-f]{40}/u.exec(path)?.[0] ?? '';
    const [realm = ''] = path.split('/');
    const name = isAvatar ? path.replace(/\.png$/u, '') : path;
    put('acme-avatars', name, join(uploads, 'avatars', path), byHash.get(hash) ?? { realm_id: realm, user_profile_id: '6' });
  }
}

/** Paths of all files below a folder, relative to it. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}
