import { createHash } from 'node:crypto';
import type { NamedFile } from '../../files/named-file.js';

type Paths = Pick<NamedFile, 'path' | 'name' | 'otherwise'>;

/**
 * Where a server keeps a user's avatar, by its size. In a folder it is `….png`; an object of a bucket has no ending.
 *
 * @param fromBucket how one is called that was such an object: as a server finds it in its folder, or as Zulip's exporter leaves it, whose
 *   importer gives it the ending
 * @see zerver/lib/upload.py, LocalUploadBackend and S3UploadBackend, at 5dfd4ea38d
 */
export function avatarPaths(
  realm: unknown,
  user: unknown,
  salt: string,
  fromBucket: 'as in a folder' | 'as it is',
): Readonly<Record<'shown' | 'original' | 'medium', Paths>> {
  const hash = createHash('sha1')
    .update(`${String(user)}${salt}`)
    .digest('hex');
  const path = `avatars/${String(realm)}/${hash}`;
  return {
    shown: { ...at(`${path}.png`), otherwise: { path, name: fromBucket === 'as it is' ? path : `${path}.png` } },
    original: at(`${path}.original`),
    medium: at(`${path}-medium.png`),
  };
}

function at(path: string): Pick<NamedFile, 'path' | 'name'> {
  return { path, name: path };
}
