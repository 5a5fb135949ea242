import type { ByteSource } from '../store/byte-source.js';
import { objectPlace } from '../store/object-place.js';
import { FileSource } from './file-source.js';

/** A path, `gs://bucket/path` or `s3://bucket/path`. @throws UsageError ARCHIVE_NOT_FOUND, OBJECT_URL, NO_STORE_PACKAGE */
export async function openSource(path: string, signal?: AbortSignal): Promise<ByteSource> {
  const place = objectPlace(path);
  if (place === undefined) return FileSource.open(path);
  const { ObjectSource } = await import('../store/object-source.js');
  return ObjectSource.open(place, signal);
}
