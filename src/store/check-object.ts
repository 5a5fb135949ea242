import { objectExists } from './object-exists.js';
import type { ObjectPlace } from './object-place.js';
import type { ObjectCondition, ObjectStore } from './object-store.js';
import { openStore } from './open-store.js';
import { briefPatience, patiently } from './patience.js';
import { storeError } from './store-error.js';
import { StoreFailure } from './store-failure.js';

/**
 * Asked before anything is read: an upload is begun and given up, so that a wrong bucket or a lacking right does not cost the time of
 * a large export.
 *
 * @param hint what to do where there is an object, if not `--force`
 * @throws UsageError OUTPUT_EXISTS, BUCKET_NOT_FOUND, NO_STORE_PACKAGE; FailedError STORE_*
 */
export async function checkObject(
  place: ObjectPlace,
  condition: ObjectCondition,
  signal: AbortSignal | undefined,
  hint?: string,
): Promise<void> {
  const store = await openStore(place.store);
  try {
    if (condition.kind === 'nothing' && (await isThere(store, place, signal))) throw objectExists(place, hint);
    const upload = store.upload(place, condition);
    await upload.start();
    await upload.cancel();
  } catch (error) {
    if (error instanceof StoreFailure && error.kind === 'condition') throw objectExists(place, hint);
    throw storeError(error, place);
  }
}

/** Who may write and not read is not told; the store itself decides then, when the object gets its name. */
async function isThere(store: ObjectStore, place: ObjectPlace, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await patiently(briefPatience, signal, (inner) => store.look(place, inner))) !== undefined;
  } catch (error) {
    if (error instanceof StoreFailure && error.kind === 'denied') return false;
    throw error;
  }
}
