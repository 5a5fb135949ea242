import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { fileError } from '../archive/file-error.js';
import { FileSource } from '../archive/file-source.js';
import { readLines } from '../archive/read-lines.js';
import type { JournalHeader, JournalLine } from '../changes/journal.js';
import { RefusedError, UsageError } from '../errors/portolan-error.js';

/** A journal on disk that was proven whole. */
export interface JournalReader {
  readonly path: string;
  readonly header: JournalHeader;
  /** One pass, some lines at a time; that nobody changed them meanwhile is proven when it ends. */
  lines(): AsyncGenerator<readonly JournalLine[]>;
}

/** @throws UsageError JOURNAL_NOT_FOUND; RefusedError JOURNAL_DAMAGED, JOURNAL_VERSION */
export async function openJournal(path: string): Promise<JournalReader> {
  await refuseOtherThanFile(path);
  let header: JournalHeader | undefined;
  for await (const first of pass(path)) {
    header ??= checkHeader(first[0], path);
  }
  if (header === undefined) throw damaged(path, 'it is empty');
  const { entities } = header;
  return {
    path,
    header,
    lines: async function* () {
      let isFirst = true;
      for await (const batch of pass(path)) {
        const lines = isFirst ? batch.slice(1) : batch;
        isFirst = false;
        if (lines.length > 0) yield lines.map((line) => checkLine(line, entities, path));
      }
    },
  };
}

async function refuseOtherThanFile(path: string): Promise<void> {
  try {
    if ((await stat(path)).isFile()) return;
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw fileError(error, path);
  }
  throw new UsageError('JOURNAL_NOT_FOUND', `${path}: there is no such journal`, {
    hint: 'Name what --journal wrote.',
  });
}

/** All lines but the last, which proves that they are all. */
async function* pass(path: string): AsyncGenerator<readonly unknown[]> {
  const hash = createHash('sha256');
  let last: Buffer | undefined;
  let count = -1;
  for await (const { bytes, ends, terminated } of readLines(FileSource.of(path), 'none')) {
    const batch: unknown[] = [];
    let start = 0;
    for (const end of ends) {
      if (last !== undefined) {
        hash.update(last);
        count += 1;
        batch.push(parse(last, path));
      }
      last = Buffer.from(bytes.subarray(start, end));
      start = end;
    }
    if (!terminated) throw damaged(path, 'it is cut');
    if (batch.length > 0) yield batch;
  }
  const { trailer } = (last === undefined ? {} : parse(last, path)) as {
    readonly trailer?: { readonly lines?: unknown; readonly sha256?: unknown };
  };
  if (trailer === undefined) throw damaged(path, 'it is cut');
  if (trailer.lines !== count || trailer.sha256 !== hash.digest('hex'))
    throw damaged(path, 'its lines are not those that were written');
}

function parse(line: Buffer, path: string): unknown {
  try {
    return JSON.parse(line.toString('utf8')) as unknown;
  } catch {
    throw damaged(path, 'a line is not valid JSON');
  }
}

function checkHeader(line: unknown, path: string): JournalHeader {
  const { journal } = line as { readonly journal?: Partial<Omit<JournalHeader, 'version'>> & { readonly version?: unknown } };
  if (journal?.format !== 'portolan-journal') {
    throw new RefusedError('JOURNAL_DAMAGED', `${path} is no journal`, { hint: 'Name what --journal wrote.' });
  }
  if (journal.version !== 1) {
    throw new RefusedError('JOURNAL_VERSION', `${path} has a format of another version: ${String(journal.version)}`, {
      hint: 'Use the version of Portolan that wrote it, or a newer one.',
    });
  }
  return journal as JournalHeader;
}

function checkLine(line: unknown, entities: JournalHeader['entities'], path: string): JournalLine {
  const { decision, model, pk } = line as Partial<JournalLine>;
  const isKnown = decision === 'insert' || decision === 'update' || decision === 'delete' || decision === 'nullify';
  if (!isKnown || model === undefined || pk === undefined || !Object.hasOwn(entities, model))
    throw damaged(path, 'a line says nothing that it could');
  return line as JournalLine;
}

function damaged(path: string, what: string): RefusedError {
  return new RefusedError('JOURNAL_DAMAGED', `${path}: ${what}`, {
    hint: 'Nothing was taken back. A journal is not to be edited; copy it again from where it was written.',
  });
}
