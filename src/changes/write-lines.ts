import type { FileHandle } from 'node:fs/promises';
import { open, rename } from 'node:fs/promises';
import { openTarget } from '../archive/archive-target.js';
import { fileError } from '../archive/file-error.js';
import { UsageError } from '../errors/portolan-error.js';
import { isStandardOutput, outputPlace } from '../archive/output-place.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../archive/temporary-files.js';

/** A file that is whole and on the disk, and has no name of its own yet. */
export interface StagedFile {
  /** Gives it its name. */
  publish(): Promise<void>;
  discard(): Promise<void>;
}

/** Writes JSON lines to a file that only its owner may read, and that has its name only when it is whole. */
export async function writeLines(path: string, lines: AsyncIterable<unknown>): Promise<void> {
  await (await stageLines(path, lines)).publish();
}

/** The same, up to the moment before the file gets its name. */
export async function stageLines(path: string, lines: AsyncIterable<unknown>): Promise<StagedFile> {
  const place = await outputPlace(path);
  if (place.kind === 'object') throw noObject(path);
  if (place.kind === 'special' || isStandardOutput(path)) return writeAsItIs(path, lines);
  const temporary = temporaryName(place.path);
  let file: FileHandle | undefined;
  try {
    file = await open(temporary, 'wx', 0o600);
    for await (const text of texts(lines)) await file.writeFile(text);
    await file.sync();
    await file.close();
  } catch (error) {
    await file?.close().catch(() => undefined);
    await discardTemporaryFile(temporary);
    throw fileError(error, path);
  }
  return {
    publish: async () => {
      try {
        await rename(temporary, place.path);
        forgetTemporaryFile(temporary);
      } catch (error) {
        await discardTemporaryFile(temporary);
        throw fileError(error, path);
      }
    },
    discard: () => discardTemporaryFile(temporary),
  };
}

function noObject(path: string): UsageError {
  return new UsageError('OPTION_VALUE', `${path}: plans and maps are files; only archives are kept in buckets`);
}

/** A pipe or a device takes what comes, at once. */
async function writeAsItIs(path: string, lines: AsyncIterable<unknown>): Promise<StagedFile> {
  const target = await openTarget(path, { force: true });
  try {
    for await (const text of texts(lines)) await target.write(Buffer.from(text));
    await target.finish();
  } catch (error) {
    await target.abort();
    throw fileError(error, path);
  }
  return { publish: () => Promise.resolve(), discard: () => Promise.resolve() };
}

/** In pieces that are worth a call. */
async function* texts(lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  let text = '';
  for await (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length < 1 << 16) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
