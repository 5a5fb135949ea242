/** What went wrong at an object store, in words that all of them have in common. */
export type StoreFailureKind =
  /** A cut connection, a busy server: it may well go the next time. */
  | 'passing'
  /** The same, while the object was getting its name: nobody knows whether it has it. */
  | 'unsettled'
  | 'no bucket'
  | 'no object'
  | 'denied'
  | 'no credentials'
  /** Another object stands there than the condition allows. */
  | 'condition'
  /** What arrived is not what was sent. */
  | 'checksum'
  | 'other';

/** What a store answers, before anybody knows what it means for an archive. `message` holds no secret. */
export class StoreFailure extends Error {
  readonly kind: StoreFailureKind;

  constructor(kind: StoreFailureKind, what: string, stack?: string) {
    super(redacted(what));
    this.kind = kind;
    // An error of a client can hold the whole request: only its text is kept.
    if (stack !== undefined) this.stack = redacted(stack);
  }
}

/** Queries hold signatures and the address of an upload, which lets everybody write who knows it; headers hold tokens. */
function redacted(text: string): string {
  return text
    .replace(/(https?:\/\/)[^\s/@]*@/giu, '$1…@')
    .replace(/(https?:\/\/[^\s?"']+)\?[^\s"']*/giu, '$1?…')
    .replace(/\b(bearer|basic)\s+[^\s,;"']+/giu, '$1 …')
    .replace(/\b(signature|credential|token|upload_id|password)\s*[=:]\s*[^\s,;"'&]+/giu, '$1=…');
}

/** Of a step that gives an object its name. */
export function asUnsettled(error: unknown): never {
  if (!(error instanceof StoreFailure) || error.kind !== 'passing') throw error;
  throw new StoreFailure('unsettled', error.message, error.stack);
}

/** Errors of the network that can pass. */
const passing: ReadonlySet<string> = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'],
  ...['ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET', 'ERR_SOCKET_CONNECTION_TIMEOUT'],
]);

export function isPassingCode(code: unknown): boolean {
  return typeof code === 'string' && passing.has(code);
}

export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
