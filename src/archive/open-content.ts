import { stat } from 'node:fs/promises';
import type { ArchiveContent } from './archive-content.js';
import { FileContent } from './file-content.js';
import { FolderMembers } from './parts/folder-members.js';
import { PartsContent } from './parts/parts-content.js';
import { isTar, TarMembers } from './parts/tar-members.js';
import { detectCompression } from './read-lines.js';

/** @throws UsageError ARCHIVE_NOT_FOUND */
export async function openContent(path: string): Promise<ArchiveContent> {
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (isFolder) return new PartsContent(new FolderMembers(path));
  const compression = await detectCompression(path);
  if (await isTar(path, compression)) return new PartsContent(new TarMembers(path, compression));
  return new FileContent(path, compression);
}
