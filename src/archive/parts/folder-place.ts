import type { Dirent } from 'node:fs';
import { open, readdir, realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors/portolan-error.js';
import { outputExists } from '../archive-target.js';
import { fileError } from '../file-error.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../temporary-files.js';
import { filesFolder, headerPart, partOf, printable } from './part-order.js';

/**
 * Where a folder goes: what lies behind symbolic links.
 *
 * @param hint what to do where there is one, if not `--force`
 * @throws UsageError OUTPUT_EXISTS for a file, for a folder without `force`, and for one that holds something else than an archive
 */
export async function folderPlace(path: string, force: boolean, hint?: string): Promise<string> {
  const plain = path.replace(/(?<=.)\/+$/u, '');
  try {
    const facts = await stat(plain);
    if (!force || !facts.isDirectory()) throw outputExists(plain, hint);
    const place = await realpath(plain);
    await refuseOthers(place, path);
    return place;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return plain;
    throw fileError(error, path);
  }
}

/** What stood where the folder goes, under another name. */
interface SetAside {
  restore(): Promise<void>;
  remove(): Promise<void>;
}

/** Makes room for a folder at the last moment. @throws UsageError OUTPUT_EXISTS */
export async function takePlace(place: string, force: boolean): Promise<SetAside | undefined> {
  await folderPlace(place, force);
  if ((await readdir(place).catch(() => [])).length === 0) return undefined;
  const aside = temporaryName(place);
  // As long as the new one has not its name, the old one is to stay, however the process ends.
  forgetTemporaryFile(aside);
  await rename(place, aside);
  return { restore: () => rename(aside, place), remove: () => discardTemporaryFile(aside) };
}

/** Only an archive in parts may be replaced, and a folder that is empty: everything else would be lost with it. */
async function refuseOthers(place: string, path: string): Promise<void> {
  const entries = await readdir(place, { withFileTypes: true });
  const other = entries.find((entry) => !isPart(entry));
  if (entries.length === 0 || (other === undefined && (await hasHeader(place)))) return;
  const what = other === undefined ? `no ${headerPart} of an archive` : printable(other.name);
  throw new UsageError('OUTPUT_EXISTS', `${path} is a folder with ${what} in it: only an archive in parts is replaced`, {
    hint: 'Name another folder.',
  });
}

function isPart(entry: Dirent): boolean {
  if (entry.name === filesFolder) return entry.isDirectory();
  return entry.isFile() && partOf(entry.name) !== undefined;
}

async function hasHeader(folder: string): Promise<boolean> {
  const start = '{"header":{';
  const file = await open(join(folder, headerPart)).catch(() => undefined);
  try {
    const read = await file?.read(Buffer.alloc(start.length), 0, start.length, 0);
    return read?.buffer.toString() === start;
  } finally {
    await file?.close();
  }
}
