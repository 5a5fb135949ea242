import { UsageError } from '../errors/portolan-error.js';
import type { StoreName } from './object-place.js';
import { isBucketName, isUrl, storeNames } from './object-place.js';

/** A bucket, or the part of it whose objects have names that begin alike. */
export interface BucketPlace {
  readonly store: StoreName;
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly url: string;
}

/** `s3://bucket`, `s3://bucket/prefix`; undefined for what is no URL. @throws UsageError OBJECT_URL */
export function bucketPlace(name: string): BucketPlace | undefined {
  if (!isUrl(name)) return undefined;
  const [, scheme = '', bucket = '', path = ''] = /^([^:]*):\/\/([^/]*)\/?([^]*)$/u.exec(name) ?? [];
  const store = storeNames.find((one) => one === scheme.toLowerCase());
  if (store === undefined) {
    throw new UsageError('OBJECT_URL', `${scheme}:// is no object store that files are kept in`, {
      hint: 'Write s3://bucket/prefix, gs://bucket/prefix, or the name of a folder.',
    });
  }
  const names = path.replace(/\/$/u, '');
  if (!isBucketName(bucket) || names.startsWith('/') || /\/\/|\p{Cc}/u.test(path)) {
    throw new UsageError('OBJECT_URL', `${name} names no bucket, and no part of one`, {
      hint: `Write ${store}://bucket/prefix.`,
    });
  }
  const prefix = names === '' ? '' : `${names}/`;
  return Object.freeze({ store, bucket, prefix, url: `${store}://${bucket}/${prefix}` });
}
