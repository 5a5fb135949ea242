import { constants } from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import { fileError } from '../archive/file-error.js';
import { outputPlace } from '../archive/output-place.js';
import type { Findings } from '../findings/finding.js';
import type { StagedFile } from './write-lines.js';
import { stageLines } from './write-lines.js';

/**
 * Stages a file that alone tells of what a run has done: a journal, a receipt, an id map. A command that is run again with the same words must not
 * take from the first run what could take that back: what has the name already is kept under the first of `NAME.1`, `NAME.2`, … that is free.
 */
export async function stageRecord(path: string, lines: AsyncIterable<unknown>, findings: Findings): Promise<StagedFile> {
  const staged = await stageLines(path, lines);
  const place = await outputPlace(path);
  if (place.kind === 'file')
    findings.note(
      'record-kept',
      path,
      `is of an earlier run, and is kept beside it: as ${path}.1, or the next number that is free`,
    );
  return {
    publish: async () => {
      // Whatever has come meanwhile, too: two runs can end at once.
      if (place.kind === 'file' || place.kind === 'nothing') await keepEarlier(place.path, path);
      await staged.publish();
    },
    discard: () => staged.discard(),
  };
}

async function keepEarlier(file: string, path: string): Promise<void> {
  for (let number = 1; ; number += 1) {
    const kept = `${file}.${String(number)}`;
    try {
      await link(file, kept).catch(async (error: unknown) => {
        // Some file systems have no second names.
        if (isOneOf(error, ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS']))
          await copyFile(file, kept, constants.COPYFILE_EXCL);
        else throw error;
      });
      return;
    } catch (error) {
      if (isOneOf(error, ['ENOENT'])) return;
      if (!isOneOf(error, ['EEXIST'])) throw fileError(error, path);
    }
  }
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
