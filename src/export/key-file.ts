import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileError } from '../archive/file-error.js';
import { isStandardOutput } from '../archive/output-place.js';
import { forgetTemporaryFile, temporaryName } from '../archive/temporary-files.js';
import type { OpenedFile } from '../closure/spill/block-file.js';
import { objectPlace } from '../store/object-place.js';
import type { ExportOptions } from './export-options.js';

/**
 * Opens the temporary file of an export's keys: only its owner may read it, and where the system lets it, it has no name any more, so that
 * nothing stays of it whatever ends the process.
 */
export function openKeyFile(options: Pick<ExportOptions, 'output' | 'dryRun'>): OpenedFile {
  const path = temporaryName(join(folderFor(options), 'portolan-keys'));
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx+', 0o600);
  } catch (error) {
    forgetTemporaryFile(path);
    throw fileError(error, path);
  }
  const isNameless = removed(path);
  const close = (): void => {
    closeSync(descriptor);
    if (!isNameless) removed(path);
  };
  return { descriptor, path, close };
}

/** Beside the archive, where that is a file or a folder: there is room for large things. */
function folderFor({ output, dryRun }: Pick<ExportOptions, 'output' | 'dryRun'>): string {
  if (typeof output !== 'string' || dryRun === true || isStandardOutput(output) || objectPlace(output) !== undefined)
    return tmpdir();
  const place = statSync(output, { throwIfNoEntry: false });
  return place === undefined || place.isFile() || place.isDirectory() ? dirname(resolve(output)) : tmpdir();
}

/** What cannot be removed now goes with the process. */
function removed(path: string): boolean {
  try {
    rmSync(path);
    forgetTemporaryFile(path);
    return true;
  } catch {
    return false;
  }
}
