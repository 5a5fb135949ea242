import type { Argv, Options } from 'yargs';
import { UsageError } from '../errors/portolan-error.js';
import { isFileName } from '../files/file-name.js';
import type { FileSource } from '../files/file-source.js';
import type { FileStore } from '../files/file-store.js';
import { isUrl } from '../store/object-place.js';

/** False: `--no-files`. */
export type FilesArgument = readonly string[] | false | undefined;

export function filesOption(describe: string): Options & { readonly value: string; readonly deniable: true } {
  return { type: 'string', requiresArg: true, describe, value: 'PLACE', coerce: givenPlaces, deniable: true };
}

/** Of an export. A profile can say more of it. */
export function withFilesOption<T>(yargs: Argv<T>): Argv<T> {
  const describe =
    'where the files are that rows name: DIR, s3://bucket/prefix or gs://…; NAME=PLACE for those below NAME/, repeats; --no-files leaves them there';
  return yargs.option('files', filesOption(describe));
}

/** @throws UsageError OPTION_VALUE, OBJECT_URL */
export async function fileSource(files: FilesArgument): Promise<FileSource | undefined> {
  if (files === undefined || files === false) return undefined;
  const sources: [string, FileSource][] = [];
  for (const [name, place] of placesOf(files)) sources.push([name, await sourceAt(place)]);
  const [only] = sources;
  if (sources.length === 1 && only?.[0] === '') return only[1];
  return (await import('../files/placed-files.js')).placedFiles(Object.fromEntries(sources));
}

/** @throws UsageError OPTION_VALUE */
export async function fileStore(files: FilesArgument): Promise<FileStore | undefined> {
  if (files === undefined || files === false) return undefined;
  const places = placesOf(files);
  const folder = places.get('');
  if (folder === undefined || places.size > 1) {
    throw new UsageError('OPTION_VALUE', '--files of an import takes one place for all files', {
      hint: 'Name one folder or bucket, without NAME=.',
    });
  }
  if (isUrl(folder)) return (await import('../files/object-file-store.js')).objectFileStore(folder);
  return (await import('../files/local-file-store.js')).localFileStore(folder);
}

async function sourceAt(place: string): Promise<FileSource> {
  if (isUrl(place)) return (await import('../files/object-files.js')).objectFiles(place);
  return (await import('../files/local-files.js')).localFiles(place);
}

/** By the name of each place, where it is; of one that is given twice, the later counts: so a script's options can be overruled. */
function placesOf(files: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const text of files.flatMap((one) => one.split(/,(?=[^,=/:]+=)/u))) {
    const at = text.indexOf('=');
    const isNamed = at > 0 && isFileName(text.slice(0, at)) && !isUrl(text);
    const [name, place] = isNamed ? [text.slice(0, at), text.slice(at + 1)] : ['', text];
    if (place === '')
      throw new UsageError('OPTION_VALUE', `--files is given the name of no ${isNamed ? `place for ${name}` : 'folder'}`);
    places.set(name, place);
  }
  return places;
}

/** What follows the last `--no-files`. */
function givenPlaces(given: unknown): FilesArgument {
  if (given === undefined) return undefined;
  const all = [given].flat() as unknown as readonly (string | false)[];
  const places = all.slice(all.lastIndexOf(false) + 1) as readonly string[];
  return places.length === 0 ? false : places;
}
