import type { StoreFailureKind } from '../store-failure.js';
import { isPassingCode, isPassingStatus, StoreFailure } from '../store-failure.js';

/** What the client of S3 throws, as far as it is looked at. */
interface S3Error {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Whatever the client threw, as a {@link StoreFailure}. */
export function s3Failure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const { name, message, stack } = error as S3Error;
  const text = [name, message].filter((one) => typeof one === 'string' && one !== '' && one !== 'Error').join(': ');
  return new StoreFailure(kindOf(error as S3Error), text, typeof stack === 'string' ? stack : undefined);
}

const kinds: Readonly<Record<string, StoreFailureKind>> = Object.freeze({
  NoSuchBucket: 'no bucket',
  NoSuchKey: 'no object',
  NoSuchUpload: 'other',
  NotFound: 'no object',
  AccessDenied: 'denied',
  Forbidden: 'denied',
  AllAccessDisabled: 'denied',
  CredentialsProviderError: 'no credentials',
  TokenProviderError: 'no credentials',
  ExpiredToken: 'no credentials',
  InvalidAccessKeyId: 'no credentials',
  InvalidToken: 'no credentials',
  SignatureDoesNotMatch: 'no credentials',
  PreconditionFailed: 'condition',
  ConditionalRequestConflict: 'condition',
  // What was spoilt on its way can be sent again.
  BadDigest: 'passing',
  IncompleteBody: 'passing',
  RequestTimeout: 'passing',
  TimeoutError: 'passing',
  SlowDown: 'passing',
});

function kindOf({ name, code, $metadata }: S3Error): StoreFailureKind {
  const known = typeof name === 'string' && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (known !== undefined) return known;
  const status = $metadata?.httpStatusCode;
  if (isPassingCode(code) || isPassingCode(name)) return 'passing';
  if (status === undefined) return 'other';
  if (status === 401) return 'no credentials';
  if (status === 403) return 'denied';
  if (status === 404) return 'no object';
  if (status === 412) return 'condition';
  return isPassingStatus(status) && status !== 501 ? 'passing' : 'other';
}
