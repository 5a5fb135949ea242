import type { Key } from '../../../closure/key.js';
import { quoteTable } from '../../../dialect/postgres/sql.js';
import type { FileSource } from '../../../files/file-source.js';
import type { Entity } from '../../../schema/schema.js';
import { formatObjectName } from '../../../seeds/object-name.js';
import { RowCursor } from '../../../values/row-cursor.js';
import { avatarPaths } from '../avatar-paths.js';
import { ofRealm, ofRealmOrUser, ofUser } from '../belongs.js';
import type { ZulipFile } from './copied-folder.js';
import { copyFolder } from './copied-folder.js';
import type { Users } from './records.js';
import { recordOf, storedRecord } from './records.js';
import type { UserOfFiles } from './users-of-files.js';
import { usersOfFiles } from './users-of-files.js';
import type { ZulipFiles } from './zulip-files.js';

/** `uploads/`, `avatars/`, `emoji/` and `realm_icons/`, from where `files/` and `avatars/` are, as a Zulip server keeps them. */
export async function writeFolders(files: ZulipFiles): Promise<void> {
  const { files: source } = files.context;
  const users = source === undefined ? new Map<Key, UserOfFiles>() : await usersOfFiles(files);
  tellWhatStays(files, source, users);
  await copyFolder(files, 'uploads', source, () => uploads(files, users));
  await copyFolder(files, 'avatars', source, () => avatars(files, users));
  await copyFolder(files, 'emoji', source, () => emoji(files, source, users));
  await copyFolder(files, 'realm_icons', source, () => realmIcons(files, source, users));
}

/** Files of which rows speak, and that nobody says where to find. */
function tellWhatStays(files: ZulipFiles, source: FileSource | undefined, users: Users): void {
  const { findings, noFiles, rows } = files.context;
  const attachment = files.entity('zerver_attachment');
  const uploaded = attachment === undefined ? 0 : rows.count(attachment.model);
  if (source === undefined && !noFiles && uploaded > 0) {
    findings.warn(
      'files-stay',
      '--files',
      `${String(uploaded)} uploads stay at home, and so do avatars, emoji and icons: --files says where they are`,
    );
  }
  const avatarCount = [...users.values()].filter(({ hasAvatar }) => hasAvatar).length;
  if (source !== undefined && files.values.avatarSalt === undefined && avatarCount > 0) {
    findings.warn(
      'files-stay',
      '--avatar-salt',
      `avatars of ${String(avatarCount)} users stay at home: the names of their files are made with AVATAR_SALT`,
    );
  }
}

/** Those whose rows leave, as they follow the messages that carry them; Zulip's own exporter takes all of the realm. */
async function* uploads(files: ZulipFiles, users: Users): AsyncGenerator<ZulipFile> {
  const entity = files.entity('zerver_attachment');
  if (entity === undefined) return;
  for await (const { key, path, owner, realm } of files.values.parity
    ? allUploads(files, entity)
    : uploadsThatLeave(files, entity)) {
    yield {
      file: {
        object: ownerOf(entity, key),
        path: `files/${path}`,
        name: `uploads/${path}`,
        belongs: ofRealmOrUser(realm, owner),
      },
      record: (copied) => recordOf({ realm, user: owner, path }, users, copied),
    };
  }
}

interface Upload {
  readonly key: Key;
  readonly path: string;
  readonly owner: Key;
  readonly realm: Key;
}

const ofUploads = ['id', 'path_id', 'owner_id', 'realm_id'];

async function* uploadsThatLeave(files: ZulipFiles, entity: Entity): AsyncGenerator<Upload> {
  for await (const { row } of files.context.rows.all(entity)) {
    const places = ofUploads.map((column) => row.columns.findIndex(({ name }) => name === column));
    while (row.next()) yield uploadAt(row.cursor, places);
  }
}

async function* allUploads(files: ZulipFiles, entity: Entity): AsyncGenerator<Upload> {
  const { rows, session } = files.context;
  const realm = files.entity('zerver_realm');
  const realms = realm === undefined ? [] : [...(await rows.keys(realm))];
  const cursor = new RowCursor(ofUploads.length);
  const sql = `COPY (SELECT ${ofUploads.join(', ')} FROM ${quoteTable(entity.table)} WHERE realm_id = ANY ('{${realms.join(',')}}') ORDER BY id) TO STDOUT`;
  let rest = Buffer.alloc(0);
  for await (const chunk of session.copyOut(sql)) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    cursor.enter(bytes.subarray(0, end));
    rest = bytes.subarray(end);
    while (cursor.next()) yield uploadAt(cursor, [0, 1, 2, 3]);
  }
}

function uploadAt(cursor: RowCursor, [id = 0, path = 0, owner = 0, realm = 0]: readonly number[]): Upload {
  return { key: cursor.integer(id), path: cursor.text(path) ?? '', owner: cursor.integer(owner), realm: cursor.integer(realm) };
}

async function* avatars(files: ZulipFiles, users: Users): AsyncGenerator<ZulipFile> {
  const { avatarSalt } = files.values;
  const entity = files.entity('zerver_userprofile');
  if (entity === undefined || avatarSalt === undefined) return;
  for (const [user, { realm, hasAvatar }] of users) {
    if (!hasAvatar) continue;
    const { shown, original } = avatarPaths(realm, user, avatarSalt, 'as it is');
    for (const paths of [shown, original]) {
      yield {
        file: { object: ownerOf(entity, user), ...paths, belongs: ofUser(user) },
        record: (copied) => recordOf({ realm, user, path: copied.name.slice('avatars/'.length) }, users, copied),
      };
    }
  }
  await Promise.resolve();
}

async function* emoji(files: ZulipFiles, source: FileSource | undefined, users: Users): AsyncGenerator<ZulipFile> {
  const entity = files.entity('zerver_realmemoji');
  if (entity === undefined || source === undefined) return;
  for await (const { row } of files.context.rows.all(entity)) {
    const place = (column: string): number => row.columns.findIndex(({ name }) => name === column);
    const [realmAt, authorAt, nameAt, fileAt, offAt] = ['realm_id', 'author_id', 'name', 'file_name', 'deactivated'].map(place);
    const { cursor } = row;
    while (row.next()) {
      const fileName = cursor.text(fileAt ?? 0);
      if (fileName === null) continue;
      const realm = cursor.integer(realmAt ?? 0);
      const author = cursor.isNull(authorAt ?? 0) ? null : jsonKey(cursor.integer(authorAt ?? 0));
      const path = `${String(realm)}/emoji/images/${fileName}`;
      const rest = { file_name: fileName, name: cursor.text(nameAt ?? 0), deactivated: cursor.text(offAt ?? 0) === 't' };
      const object = ownerOf(entity, row.key());
      const place = { path: `avatars/${path}`, name: `emoji/${path}` };
      const belongs = ofRealm(realm);
      yield {
        file: { object, ...place, belongs },
        record: (copied) =>
          storedRecord({ realm, path, fileName }, users, copied) ?? {
            ...{ realm_id: jsonKey(realm), author, path, s3_path: path },
            ...rest,
          },
      };
      // Of a bucket, Zulip takes all that stands there.
      const found = await source.stat(place.path, files.context.signal);
      if (found.kind !== 'file' || found.stored === undefined) continue;
      const original = (name: string): string => `${name}.original`;
      yield {
        file: { object, path: original(place.path), name: original(place.name), optional: true, belongs },
        record: (copied) => storedRecord({ realm, path: original(path), fileName: original(fileName) }, users, copied) ?? null,
      };
    }
  }
}

async function* realmIcons(files: ZulipFiles, source: FileSource | undefined, users: Users): AsyncGenerator<ZulipFile> {
  const entity = files.entity('zerver_realm');
  if (entity === undefined || source === undefined) return;
  const { rows, signal } = files.context;
  for (const realm of await rows.keys(entity)) {
    const folder = `avatars/${String(realm)}/realm/`;
    for await (const path of source.list(folder, signal)) {
      const found = await source.stat(path, signal);
      // An object keeps its name in the bucket, as Zulip does it; a file comes to stand one folder higher.
      const isStored = found.kind === 'file' && found.stored !== undefined;
      const name = `${String(realm)}/${isStored ? 'realm/' : ''}${path.slice(folder.length)}`;
      yield {
        file: { object: ownerOf(entity, realm), path, name: `realm_icons/${name}`, belongs: ofRealm(realm) },
        record: (copied) =>
          storedRecord({ realm, path: name }, users, copied) ?? { realm_id: jsonKey(realm), path: name, s3_path: name },
      };
    }
  }
}

function ownerOf(entity: Entity, key: Key): ZulipFile['file']['object'] {
  return { model: entity.model, pk: jsonKey(key), name: formatObjectName(entity, key) };
}

/** Ids of Zulip's are integers that JSON holds. */
function jsonKey(key: Key): number {
  return Number(key);
}
