import { UsageError } from '../errors/portolan-error.js';

/** The stores whose objects can be archives, as they are written in front of `://`. */
export const storeNames = Object.freeze(['gs', 's3'] as const);

export type StoreName = (typeof storeNames)[number];

/** An object of a bucket. */
export interface ObjectPlace {
  readonly store: StoreName;
  readonly bucket: string;
  /** Its name in the bucket. */
  readonly path: string;
  readonly url: string;
}

/** Whether a name is meant as a URL, and so never as that of a file. */
export function isUrl(name: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//iu.test(name);
}

/** `gs://bucket/path` or `s3://bucket/path`; undefined for the name of a file. @throws UsageError OBJECT_URL */
export function objectPlace(name: string): ObjectPlace | undefined {
  if (!isUrl(name)) return undefined;
  const [, scheme = '', bucket = '', path = ''] = /^([^:]*):\/\/([^/]*)\/?([^]*)$/u.exec(name) ?? [];
  const store = storeNames.find((one) => one === scheme.toLowerCase());
  if (store === undefined) {
    throw new UsageError('OBJECT_URL', `${scheme}:// is no object store that archives are kept in`, {
      hint: 'Write gs://bucket/path, s3://bucket/path, or the name of a file.',
    });
  }
  if (!isBucketName(bucket)) throw new UsageError('OBJECT_URL', `${name} names no bucket`, { hint: form(store) });
  if (path === '' || path.endsWith('/') || path.startsWith('/') || /\p{Cc}/u.test(path))
    throw new UsageError('OBJECT_URL', `${name} names no object of the bucket`, { hint: form(store) });
  return Object.freeze({ store, bucket, path, url: `${store}://${bucket}/${path}` });
}

/** What all stores allow in the name of a bucket, and no name of a host, user or query has. */
export function isBucketName(name: string): boolean {
  return /^[\w.-]+$/u.test(name) && !/^\.+$/u.test(name);
}

function form(store: StoreName): string {
  return `Write ${store}://bucket/path.`;
}
