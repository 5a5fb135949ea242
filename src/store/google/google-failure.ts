import type { StoreFailureKind } from '../store-failure.js';
import { isPassingCode, isPassingStatus, StoreFailure } from '../store-failure.js';

/** What Google's client throws, as far as it is looked at: errors of the API, of its two HTTP libraries and of what finds credentials. */
interface GoogleError {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly response?: { readonly status?: unknown };
}

/** Whatever the client threw, as a {@link StoreFailure}. */
export function googleFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const { message, stack } = error as GoogleError;
  const text = typeof message === 'string' ? message : String(error);
  return new StoreFailure(kindOf(error as GoogleError, text), firstLine(text), typeof stack === 'string' ? stack : undefined);
}

/** The status that the store answered with; undefined where it did not answer. */
export function statusOf(error: unknown): number | undefined {
  const { code, status, response } = error as GoogleError;
  const found = [code, response?.status, status].map(Number).find((one) => one >= 100 && one < 600);
  return found;
}

function kindOf(error: GoogleError, text: string): StoreFailureKind {
  if (/default credentials|invalid_grant|invalid_rapt|reauth|GOOGLE_APPLICATION_CREDENTIALS|private key|keyfile/iu.test(text))
    return 'no credentials';
  const status = statusOf(error);
  if (status === undefined) return isPassingCode(error.code) || /timeout|socket hang up/iu.test(text) ? 'passing' : 'other';
  if (status === 401) return 'no credentials';
  if (status === 403) return 'denied';
  // A name of an object can hold the word.
  if (status === 404) return !/^no such object/iu.test(text) && /bucket/iu.test(text) ? 'no bucket' : 'no object';
  if (status === 412) return 'condition';
  if (status === 400 && /hash|checksum|crc32c|md5/iu.test(text)) return 'checksum';
  return isPassingStatus(status) ? 'passing' : 'other';
}

/** An answer that is a page or a document says nothing that a line of a message can hold. */
function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
