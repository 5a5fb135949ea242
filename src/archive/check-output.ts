import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { outputExists } from './archive-target.js';
import { compressor } from './compression.js';
import { fileError } from './file-error.js';
import { outputLayout } from './output-layout.js';
import type { OutputPlace } from './output-place.js';
import { isStandardOutput, outputPlace } from './output-place.js';
import { folderPlace } from './parts/folder-place.js';

export interface CheckOutputOptions {
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What to do where something stands there, if not `--force`. */
  readonly hint?: string | undefined;
}

/**
 * Asked before anything is read: a wrong name must not cost the time of a large export. What changes meanwhile is found when the
 * output is opened, and when it gets its name.
 *
 * @throws UsageError OUTPUT_EXISTS, OUTPUT_LAYOUT, FOLDER_MISSING, NO_ZSTD, BUCKET_NOT_FOUND; FailedError FILE_NOT_ALLOWED, STORE_*
 */
export async function checkOutput(output: string | Writable, { force, signal, hint }: CheckOutputOptions): Promise<void> {
  if (typeof output !== 'string' || isStandardOutput(output)) return;
  const { layout, compression } = await outputLayout(output);
  compressor(compression)?.destroy();
  const place: OutputPlace =
    layout === 'folder' ? { kind: 'nothing', path: await folderPlace(output, force, hint) } : await outputPlace(output);
  if (place.kind === 'special') return;
  if (place.kind === 'object') {
    const { checkObject } = await import('../store/check-object.js');
    await checkObject(place.object, { kind: force ? 'anything' : 'nothing' }, signal, hint);
    return;
  }
  if (place.kind === 'file' && !force) throw outputExists(output, hint);
  try {
    await access(dirname(place.path), constants.W_OK);
  } catch (error) {
    throw fileError(error, output);
  }
}
