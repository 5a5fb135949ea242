import { setTimeout as wait } from 'node:timers/promises';
import { StoreFailure } from './store-failure.js';

/** How long something that fails in passing is tried again; milliseconds. */
export interface Patience {
  /** Before the second attempt, the third, … */
  readonly delays: readonly number[];
  /** An attempt that takes longer is given up, and the next one made. */
  readonly timeout: number;
}

/** Where nothing is lost yet: whoever mistyped an address is not to wait for minutes. */
export const briefPatience: Patience = Object.freeze({ delays: Object.freeze([250, 1000]), timeout: 60_000 });

/** Where much has been done already: an outage of two minutes is outlasted. */
export const longPatience: Patience = Object.freeze({
  delays: Object.freeze([250, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]),
  timeout: 300_000,
});

/** Does it, again where it fails in passing. @param attempt 0 for the first @throws StoreFailure, or why `signal` was aborted */
export async function patiently<T>(
  { delays, timeout }: Patience,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await within(timeout, signal, (inner) => work(inner, attempt));
    } catch (error) {
      signal?.throwIfAborted();
      const delay = delays[attempt];
      if (!(error instanceof StoreFailure) || error.kind !== 'passing' || delay === undefined) throw error;
      await wait(delay, undefined, { signal }).catch(() => undefined);
      signal?.throwIfAborted();
    }
  }
}

/** What cannot be stopped is left behind. */
async function within<T>(
  timeout: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort);
  const timer = setTimeout(() => {
    controller.abort(new StoreFailure('passing', `no answer for ${String(timeout / 1000)} seconds`));
  }, timeout);
  try {
    const ended = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => {
        reject(controller.signal.reason as Error);
      });
    });
    const working = work(controller.signal);
    working.catch(() => undefined);
    return await Promise.race([working, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
