import { mkdtempSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Linux has a file system in memory here. */
const place = '/dev/shm';

/** Bytes that the databases of a test run never take together. */
const room = 4 * 2 ** 30;

/** A folder of its own in memory, where there is room for it; undefined elsewhere. No database that is made there waits for a disk. */
export function createMemoryFolder(prefix: string): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(place);
    if (bavail * bsize < room || process.availableMemory() < 2 * room) return undefined;
    return mkdtempSync(join(place, prefix));
  } catch {
    return undefined;
  }
}
