import type { Argv } from 'yargs';
import { UsageError } from '../errors/portolan-error.js';
import type { FileSource } from '../files/file-source.js';
import type { FileStore } from '../files/file-store.js';
import { valueOption } from './shared-options.js';

/** False: `--no-files`. */
export type FilesArgument = string | false | undefined;

export function filesOption(describe: string): ReturnType<typeof valueOption> & { readonly deniable: true } {
  return { ...valueOption('DIR', describe), deniable: true };
}

/** Of an export. A profile can say more of it. */
export function withFilesOption<T>(yargs: Argv<T>): Argv<T> {
  return yargs.option('files', filesOption('where the files are that rows name; --no-files leaves them there'));
}

/** @throws UsageError OPTION_VALUE */
export async function fileSource(files: FilesArgument): Promise<FileSource | undefined> {
  const folder = folderOf(files);
  return folder === undefined ? undefined : (await import('../files/local-files.js')).localFiles(folder);
}

/** @throws UsageError OPTION_VALUE */
export async function fileStore(files: FilesArgument): Promise<FileStore | undefined> {
  const folder = folderOf(files);
  return folder === undefined ? undefined : (await import('../files/local-file-store.js')).localFileStore(folder);
}

function folderOf(files: FilesArgument): string | undefined {
  if (files === undefined || files === false) return undefined;
  if (files === '') throw new UsageError('OPTION_VALUE', '--files is given the name of no folder');
  return files;
}
