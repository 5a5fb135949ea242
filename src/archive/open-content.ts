import { stat } from 'node:fs/promises';
import { isUrl } from '../store/object-place.js';
import type { ArchiveContent, ContentVersion } from './archive-content.js';
import { FileContent } from './file-content.js';
import { openSource } from './open-source.js';
import { FolderMembers } from './parts/folder-members.js';
import { PartsContent } from './parts/parts-content.js';
import { isTar, TarMembers } from './parts/tar-members.js';
import { detectCompression } from './read-lines.js';

export interface OpenedContent {
  readonly content: ArchiveContent;
  /** Seen before anything was read of it: what is read later can only be that, or be told as changed. */
  readonly version: ContentVersion;
}

/** @throws UsageError ARCHIVE_NOT_FOUND, OBJECT_URL, NO_STORE_PACKAGE */
export async function openContent(path: string, signal?: AbortSignal): Promise<OpenedContent> {
  if (await isFolder(path)) {
    const content = new PartsContent(new FolderMembers(path));
    return { content, version: await content.version() };
  }
  const source = await openSource(path, signal);
  const version = await source.look();
  const compression = await detectCompression(source);
  const isInParts = await isTar(source, compression);
  const content = isInParts ? new PartsContent(new TarMembers(source, compression)) : new FileContent(source, compression);
  return { content, version };
}

async function isFolder(path: string): Promise<boolean> {
  if (isUrl(path)) return false;
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
