import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { objectPlace } from '../store/object-place.js';
import type { PathLayout } from './compression.js';
import { pathLayout } from './compression.js';
import { isStandardOutput } from './output-place.js';

/** The layout of an output: what its name says, but where there is a folder it is one, however it is called. @throws UsageError OBJECT_URL */
export async function outputLayout(output: string | Writable): Promise<PathLayout> {
  if (typeof output !== 'string' || isStandardOutput(output)) return { layout: 'document', compression: 'none' };
  if (objectPlace(output) !== undefined) return pathLayout(output);
  const isFolder = await stat(output).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  return isFolder ? { layout: 'folder', compression: 'none' } : pathLayout(output);
}
