import { isStandardOutput } from '../archive/output-place.js';
import { UsageError } from '../errors/portolan-error.js';
import { didYouMean } from '../errors/nearest-names.js';
import type { StoreName } from '../store/object-place.js';
import { isBucketName, isUrl, storeNames } from '../store/object-place.js';
import { valueOption } from './shared-options.js';

/** `--bucket` of every command that reads or writes archives. */
export const bucketOption = valueOption(
  'NAME',
  'archives are objects of that bucket: of Google Cloud Storage, or of what PORTOLAN_OBJECT_STORE names (gs, s3); gs://bucket/path says the same',
);

/**
 * The arguments with each of those that name archives as what it is: an object of the bucket, where there is one.
 *
 * @throws UsageError OPTION_VALUE
 */
export function inBucket<Args extends { readonly bucket: string | undefined }>(args: Args, names: readonly (keyof Args)[]): Args {
  const { bucket } = args;
  if (bucket === undefined) return args;
  if (!isBucketName(bucket)) {
    throw new UsageError('OPTION_VALUE', `--bucket takes the name of a bucket, not "${bucket}"`, {
      hint: 'Name the store in the path: gs://bucket/path, s3://bucket/path.',
    });
  }
  const store = objectStore();
  const placed = names.flatMap((name) => {
    const given = args[name] as string | readonly string[] | undefined;
    const urls = [given ?? []].flat().map((path) => `${store}://${bucket}/${objectName(path)}`);
    return given === undefined ? [] : [[name, typeof given === 'string' ? urls[0] : urls]];
  });
  if (placed.length === 0) throw nameless();
  return { ...args, ...Object.fromEntries(placed) } as Args;
}

function objectName(path: string): string {
  if (isUrl(path))
    throw new UsageError('OPTION_VALUE', `--bucket and ${path} say different things`, { hint: 'Leave one of them out.' });
  if (path === '' || isStandardOutput(path)) {
    throw nameless();
  }
  return path;
}

function nameless(): UsageError {
  return new UsageError('OPTION_VALUE', '--bucket wants the name that the archive has in the bucket', {
    hint: 'Write --bucket NAME -o path.',
  });
}

/** @throws UsageError OPTION_VALUE */
function objectStore(): StoreName {
  const { PORTOLAN_OBJECT_STORE: given = 'gs' } = process.env;
  const store = storeNames.find((one) => one === given);
  if (store !== undefined) return store;
  throw new UsageError('OPTION_VALUE', `PORTOLAN_OBJECT_STORE names no object store: "${given}"`, {
    hint: didYouMean(given, storeNames) ?? `It is one of ${storeNames.join(', ')}.`,
  });
}
