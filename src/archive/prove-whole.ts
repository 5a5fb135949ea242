import type { ArchiveTrailer } from './archive.js';
import type { ArchiveReader } from './open-archive.js';

/** What stands behind the objects: reads to the end what no pass has proven yet. @throws RefusedError ARCHIVE_* */
export async function proveWhole(archive: ArchiveReader): Promise<ArchiveTrailer> {
  if (archive.trailer === undefined) {
    const objects = archive.encoded();
    while ((await objects.next()).done !== true);
  }
  if (archive.trailer === undefined) throw new TypeError('an archive that was read to its end has no trailer');
  return archive.trailer;
}
