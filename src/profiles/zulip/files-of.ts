import type { FilesContext, FilesOf } from '../../export/files-context.js';
import type { NamedFile } from '../../files/named-file.js';
import type { ProfileValues } from '../profile.js';
import { avatarPaths } from './avatar-paths.js';
import type { Belongs } from './belongs.js';
import { ofRealm, ofRealmOrUser, ofUser } from './belongs.js';

/** Pictures of a realm: the column that says whether it has one of its own, and what the file is called. */
const pictures = Object.freeze([
  ['icon_source', 'icon'],
  ['logo_source', 'logo'],
  ['night_logo_source', 'night_logo'],
] as const);

/** "Uploaded", where Zulip says where a picture comes from. */
const uploaded = 'U';

/**
 * The files that rows of Zulip name, as its server keeps them: `files/` with uploads, `avatars/` with avatars, emoji, icons and logos. They
 * follow the rows: an upload leaves with a message that carries it.
 *
 * @see rules of the exporter: zerver/lib/export.py, export_files_from_local, at 5dfd4ea38d
 */
export function zulipFilesOf(values: ProfileValues): FilesOf {
  const salt = values['avatar-salt'];
  return async function* filesOf(context) {
    yield* uploads(context);
    if (typeof salt === 'string') yield* avatars(context, salt);
    yield* emoji(context);
    yield* realmPictures(context);
  };
}

async function* uploads(context: FilesContext): AsyncGenerator<NamedFile> {
  if (context.count('zerver.Attachment') === 0) return;
  for await (const { object, values } of context.rows('zerver.Attachment', ['path_id', 'realm_id', 'owner_id'])) {
    const [path, realm, owner] = values;
    if (path !== null && path !== undefined) yield at(object, `files/${path}`, ofRealmOrUser(realm, owner));
  }
}

async function* avatars(context: FilesContext, salt: string): AsyncGenerator<NamedFile> {
  if (context.count('zerver.UserProfile') === 0) return;
  for await (const { object, values } of context.rows('zerver.UserProfile', ['id', 'realm_id', 'avatar_source'])) {
    const [user, realm, source] = values;
    if (source !== uploaded) continue;
    const { shown, original, medium } = avatarPaths(realm, user, salt, 'as in a folder');
    const belongs = ofUser(user);
    yield { object, ...shown, belongs };
    yield { object, ...original, belongs };
    yield { object, ...medium, belongs, optional: true };
  }
}

async function* emoji(context: FilesContext): AsyncGenerator<NamedFile> {
  if (context.count('zerver.RealmEmoji') === 0) return;
  for await (const { object, values } of context.rows('zerver.RealmEmoji', ['realm_id', 'file_name'])) {
    const [realm, name] = values;
    if (name === null || name === undefined) continue;
    const path = `avatars/${String(realm)}/emoji/images/${name}`;
    yield at(object, path, ofRealm(realm));
    yield { ...at(object, `${path}.original`, ofRealm(realm)), optional: true };
  }
}

/** A version of Zulip may lack a picture's column. */
async function* realmPictures(context: FilesContext): AsyncGenerator<NamedFile> {
  const realm = [...context.schema.entities.values()].find(({ model }) => model === 'zerver.realm');
  const known = pictures.filter(([column]) => realm?.columns.some(({ name }) => name === column) === true);
  if (known.length === 0 || context.count('zerver.Realm') === 0) return;
  const columns = ['id', ...known.map(([column]) => column)];
  for await (const { object, values } of context.rows('zerver.Realm', columns)) {
    const [id, ...sources] = values;
    for (const [place, [, name]] of known.entries()) {
      if (sources[place] !== uploaded) continue;
      const path = `avatars/${String(id)}/realm/${name}`;
      yield at(object, `${path}.png`, ofRealm(id));
      yield at(object, `${path}.original`, ofRealm(id));
    }
  }
}

/** Where it is on the server, it is in the archive. */
function at(object: NamedFile['object'], path: string, belongs: Belongs): NamedFile {
  return { object, path, name: path, belongs };
}
