import { IntegerKeyRun } from './integer-key-run.js';
import type { Key } from './key.js';
import type { KeyView } from './key-set.js';
import { PackedKeyRun } from './packed-key-run.js';

/** Some keys in order, of which each may be made only when it is looked at. An array is one. */
export interface KeyRun extends Iterable<Key> {
  readonly length: number;
  slice(from: number, to: number): KeyRun;
}

/** Whether it is known how many there are, and any part of them can be had. */
export function isRun(keys: Iterable<Key>): keys is KeyRun {
  return keys instanceof PackedKeyRun || keys instanceof IntegerKeyRun || Array.isArray(keys);
}

/** All keys of a set. An array of them has its length from the beginning: one that grows takes several times as much for a while. */
export function asRun(all: Pick<KeyView, 'size' | 'sorted'>): KeyRun {
  const keys = all.sorted();
  if (isRun(keys)) return keys;
  const run = new Array<Key>(all.size);
  let length = 0;
  for (const key of keys) run[length++] = key;
  run.length = length;
  return run;
}

/** Cuts keys into runs of `size`; the last may be shorter. */
export function* inRuns(keys: Iterable<Key>, size: number): Generator<KeyRun> {
  if (isRun(keys)) {
    for (let at = 0; at < keys.length; at += size) yield at === 0 && keys.length <= size ? keys : keys.slice(at, at + size);
    return;
  }
  let run: Key[] = [];
  for (const key of keys) {
    if (run.push(key) < size) continue;
    yield run;
    run = [];
  }
  if (run.length > 0) yield run;
}
