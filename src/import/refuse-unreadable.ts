import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { RefusedError } from '../errors/portolan-error.js';
import { objectKey } from '../values/object-values.js';
import type { FollowedKey } from './follow-inside.js';
import type { OtherTexts } from './followed-row.js';
import { objectName } from './planned-model.js';
import type { TargetInner } from './target-inner.js';
import type { TargetModel } from './target.js';

/**
 * Proves that the keys in texts that are to be written (by place among the target's columns) are found there again: what stands around a
 * key can be such that another key is read otherwise. @throws RefusedError REFERENCE_NOT_MAPPED
 */
export function refuseUnreadable(
  target: TargetModel,
  object: ArchiveObject,
  texts: OtherTexts,
  follow: (inner: TargetInner, key: Key) => FollowedKey,
): void {
  for (const inner of [...target.inner, ...target.mentions]) {
    const written = texts[inner.place];
    if (typeof written !== 'string' || inner.reference.inside.pattern === undefined) continue;
    const followed = inner.found(object).map(({ key }) => ({ key, to: key === undefined ? undefined : follow(inner, key) }));
    // What is written for an object that has not come need not be a key.
    if (inner.absent !== undefined && inner.absent !== 'keep' && followed.some(({ to }) => to?.is === 'absent')) continue;
    const before = followed.map(({ key, to }) => (to?.is === 'led' ? to.to : key));
    const after = inner.find(written).map(({ key }) => key);
    if (before.length === after.length && before.every((key, at) => key === after[at])) continue;
    const name = objectName(target, objectKey(object, target.shape) ?? '');
    throw new RefusedError(
      'REFERENCE_NOT_MAPPED',
      `${name}: in ${inner.reference.name} another key cannot stand: with it the pattern would find something else`,
      { hint: 'Nothing was written. Keep the keys of that model, or let the pattern take such keys.' },
    );
  }
}
