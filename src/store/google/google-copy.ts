import type { File } from '@google-cloud/storage';
import type { ObjectCondition } from '../object-store.js';
import { longPatience, patiently } from '../patience.js';
import { asUnsettled, StoreFailure } from '../store-failure.js';
import { googleFailure } from './google-failure.js';
import { preconditions } from './preconditions.js';

interface Rewritten {
  readonly done: boolean;
  readonly rewriteToken?: string;
}

/**
 * Copies an object within Cloud Storage (https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite). A large one takes several
 * requests; the client's own `copy` asks for the condition in the first of them only.
 */
export async function copyGoogleObject(from: File, generation: string, to: File, condition: ObjectCondition): Promise<void> {
  const uri = `/rewriteTo/b/${to.bucket.name}/o/${encodeURIComponent(to.name)}`;
  const query = { sourceGeneration: generation, ...preconditions(condition) };
  let rewriteToken: string | undefined;
  for (let isDone = false; !isDone;) {
    const qs = rewriteToken === undefined ? query : { ...query, rewriteToken };
    const { done, rewriteToken: next } = await patiently(longPatience, undefined, async (_, attempt) => {
      try {
        const [answer] = (await from.request({ method: 'POST', uri, qs })) as unknown as readonly [Rewritten];
        return answer;
      } catch (error) {
        const failure = googleFailure(error);
        // What an attempt did whose answer was lost stands in the way of the next.
        if (failure.kind === 'condition' && attempt > 0 && (await isSame(from, to))) return { done: true };
        throw failure;
      }
    }).catch(asUnsettled);
    if (!done && next === undefined) throw new StoreFailure('other', 'the store neither copies nor says how to go on');
    isDone = done;
    rewriteToken = next;
  }
}

async function isSame(one: File, other: File): Promise<boolean> {
  const [[a], [b]] = await Promise.all([one.getMetadata(), other.getMetadata()]).catch((error: unknown) => {
    throw googleFailure(error);
  });
  return a.md5Hash !== undefined && a.md5Hash === b.md5Hash && String(a.size) === String(b.size);
}
