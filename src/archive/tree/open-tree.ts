import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openTarget, outputExists } from '../archive-target.js';
import { compressor } from '../compression.js';
import { fileError } from '../file-error.js';
import { outputPlace } from '../output-place.js';
import { FolderTree } from './folder-tree.js';
import { TarTree } from './tar-tree.js';
import type { OpenTree } from './tree.js';
import { refuseFullFolder, treeForm } from './tree-place.js';

/** Asked before anything is read. @throws UsageError OUTPUT_EXISTS, OUTPUT_LAYOUT, FOLDER_MISSING; FailedError FILE_NOT_ALLOWED */
export async function checkTree(output: string, force: boolean): Promise<void> {
  const form = treeForm(output);
  if (form.form === 'folder') await refuseFullFolder(form.path);
  else if ((await outputPlace(output)).kind === 'file' && !force) throw outputExists(output);
  try {
    await access(dirname(form.form === 'folder' ? form.path : output), constants.W_OK);
  } catch (error) {
    throw fileError(error, output);
  }
}

/** Opens a folder, or a `.tar` or `.tar.gz` file, for a tree of files. @throws as {@link checkTree} */
export async function openTree(output: string, force: boolean): Promise<OpenTree> {
  const form = treeForm(output);
  if (form.form === 'folder') return FolderTree.open(form.path);
  const target = await openTarget(output, { force });
  return new TarTree({ target, transform: compressor(form.compression), folder: form.folder, path: output });
}
