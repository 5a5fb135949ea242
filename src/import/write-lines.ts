import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { fileError } from '../archive/file-error.js';
import { forgetTemporaryFile, temporaryName } from '../archive/temporary-files.js';

/** Writes JSON lines to a file that only its owner may read, and that has its name only when it is whole. */
export async function writeLines(path: string, lines: AsyncIterable<unknown>): Promise<void> {
  const temporary = temporaryName(path);
  let file: FileHandle | undefined;
  try {
    file = await open(temporary, 'wx', 0o600);
    let text = '';
    for await (const line of lines) {
      text += `${JSON.stringify(line)}\n`;
      if (text.length < 1 << 16) continue;
      await file.write(text);
      text = '';
    }
    await file.write(text);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw fileError(error, path);
  } finally {
    forgetTemporaryFile(temporary);
  }
}
