/** Aborts `controller` when `signal` is; the result ends that. */
export function followSignal(controller: AbortController, signal: AbortSignal | undefined): () => void {
  const onAbort = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted === true) onAbort();
  return () => signal?.removeEventListener('abort', onAbort);
}
