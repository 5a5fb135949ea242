import type { PortolanError } from '../errors/portolan-error.js';
import { FailedError, UsageError } from '../errors/portolan-error.js';
import type { ObjectPlace } from './object-place.js';
import { StoreFailure } from './store-failure.js';

/** A failure of an object store as one of ours; what is none is handed back as it is. */
export function storeError(cause: unknown, { url, bucket, store }: Pick<ObjectPlace, 'url' | 'bucket' | 'store'>): unknown {
  return cause instanceof StoreFailure ? translated(cause, url, bucket, store) : cause;
}

function translated(cause: StoreFailure, url: string, bucket: string, store: ObjectPlace['store']): PortolanError {
  const { kind, message } = cause;
  switch (kind) {
    case 'no bucket':
      return new UsageError('BUCKET_NOT_FOUND', `${url}: there is no bucket ${bucket}`, {
        cause,
        hint: 'Make the bucket first, or look for another spelling, another project or another account.',
      });
    case 'no object':
      return new UsageError('ARCHIVE_NOT_FOUND', `${url}: there is no such object in the bucket`, { cause });
    case 'denied':
      return new FailedError('STORE_DENIED', `${url}: not allowed: ${message}`, { cause, hint: rights[store] });
    case 'no credentials':
      return new FailedError('STORE_CREDENTIALS', `${url}: no credentials that the store takes: ${message}`, {
        cause,
        hint: credentials[store],
      });
    case 'checksum':
      return new FailedError('STORE_CHECKSUM', `${url}: what arrived there is not what was sent: ${message}`, {
        cause,
        hint: 'No object was left behind. Run it again.',
      });
    case 'unsettled':
      return new FailedError('STORE_FAILED', `${url}: the store was lost while the object got its name: ${message}`, {
        cause,
        hint: 'Look whether it is there: if it is, it is whole.',
      });
    case 'condition':
      return new FailedError('STORE_FAILED', `${url}: somebody else wrote it at the same time: ${message}`, { cause });
    case 'passing':
    case 'other':
      return new FailedError('STORE_FAILED', `${url}: ${message}`, { cause });
  }
}

const rights = {
  gs: 'Reading takes the role Storage Object Viewer, writing Storage Object Creator; replacing with --force takes Storage Object User.',
  s3: 'Reading takes s3:GetObject (and s3:ListBucket, to tell what is not there), writing s3:PutObject and s3:AbortMultipartUpload.',
};

const credentials = {
  gs: 'They are found as Google clients do: GOOGLE_APPLICATION_CREDENTIALS, gcloud auth application-default login, or the machine itself.',
  s3: 'They are found as AWS clients do: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, aws sso login, or the machine itself.',
};
