import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { UsageError } from '../../errors/portolan-error.js';
import { isUrl } from '../../store/object-place.js';
import type { Compression } from '../compression.js';
import { fileError } from '../file-error.js';
import { isStandardOutput } from '../output-place.js';

/** What form the path of a tree gives it. */
export type TreeForm =
  | { readonly form: 'folder'; readonly path: string }
  | { readonly form: 'tar'; readonly compression: Compression; readonly folder: string };

/** `.tar`, `.tar.gz` and `.tgz` are tar files, everything else a folder. @throws UsageError OUTPUT_LAYOUT for what can be neither */
export function treeForm(output: string): TreeForm {
  if (isStandardOutput(output)) throw noTree('standard output takes one document, and no tree of files');
  if (isUrl(output)) throw noTree(`${output} would be an object of a bucket, and only archives are kept in buckets`);
  const [, name, , gz] = /^(.+?)\.(tar(\.gz)?|tgz)$/iu.exec(basename(output)) ?? [];
  if (name !== undefined) {
    const compressed = gz !== undefined || /\.tgz$/iu.test(output);
    return { form: 'tar', compression: compressed ? 'gzip' : 'none', folder: name };
  }
  if (/\.(jsonl?|gz|br|zst|zip)$/iu.test(output)) throw noTree(`${output} would be one file`);
  return { form: 'folder', path: output.replace(/(?<=.)\/+$/u, '') };
}

/** Nothing in a folder is ours to remove. @throws UsageError OUTPUT_EXISTS where there is something else than an empty folder */
export async function refuseFullFolder(path: string): Promise<void> {
  try {
    if ((await readdir(path)).length === 0) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code !== 'ENOTDIR') throw fileError(error, path);
    throw new UsageError('OUTPUT_EXISTS', `${path} exists, and is no folder`, { hint: 'Choose another name.' });
  }
  throw new UsageError('OUTPUT_EXISTS', `${path} is a folder with something in it`, {
    hint: 'Choose another name, or empty it: --force replaces files, never a folder.',
  });
}

function noTree(reason: string): UsageError {
  return new UsageError('OUTPUT_LAYOUT', `this format is a tree of files: ${reason}`, {
    hint: 'Name a folder, or a .tar or .tar.gz file.',
  });
}
