import type { JournalHeader, JournalLine } from '../changes/journal.js';
import type { SealBroken } from '../changes/read-sealed-lines.js';
import { isSealedFile, parseSealed, readSealedLines, sealBroken } from '../changes/read-sealed-lines.js';
import { RefusedError, UsageError } from '../errors/portolan-error.js';

/** A journal on disk that was proven whole. */
export interface JournalReader {
  readonly path: string;
  readonly header: JournalHeader;
  /** Of what stands in it. */
  readonly sha256: string;
  /** One pass, some lines at a time; that nobody changed them meanwhile is proven when it ends. */
  lines(): AsyncGenerator<readonly JournalLine[]>;
}

/** @throws UsageError JOURNAL_NOT_FOUND; RefusedError JOURNAL_DAMAGED, JOURNAL_VERSION */
export async function openJournal(path: string): Promise<JournalReader> {
  if (!(await isSealedFile(path)))
    throw new UsageError('JOURNAL_NOT_FOUND', `${path}: there is no such journal`, { hint: 'Name what --journal wrote.' });
  let header: JournalHeader | undefined;
  let sha256 = '';
  for await (const first of pass(path, (digest) => (sha256 = digest))) {
    header ??= checkHeader(first[0], path);
  }
  if (header === undefined) throw damaged(path, 'it is empty');
  const { entities } = header;
  return {
    path,
    header,
    sha256,
    lines: async function* () {
      let isFirst = true;
      for await (const batch of pass(path, sameAs(sha256, path))) {
        const lines = isFirst ? batch.slice(1) : batch;
        isFirst = false;
        if (lines.length > 0) yield lines.map((line) => checkLine(line, entities, path));
      }
    },
  };
}

/** All lines but the last, which proves that they are all. */
async function* pass(path: string, sealed: (sha256: string) => void): AsyncGenerator<readonly unknown[]> {
  const brokenBy = (what: SealBroken): RefusedError => damaged(path, sealBroken[what]);
  let isFirst = true;
  for await (const lines of readSealedLines(path, brokenBy, sealed)) {
    // What does not even begin as a journal does is another file, and not a damaged journal.
    const unread = (at: number) => (isFirst && at === 0 ? () => noJournal(path) : brokenBy);
    const values = lines.map((line, at) => parseSealed(line, unread(at)));
    isFirst = false;
    yield values;
  }
}

/** Refuses another file that has taken its place meanwhile. */
function sameAs(sha256: string, path: string): (digest: string) => void {
  return (digest) => {
    if (digest !== sha256) throw damaged(path, sealBroken.altered);
  };
}

function checkHeader(line: unknown, path: string): JournalHeader {
  const { journal } = line as { readonly journal?: Partial<Omit<JournalHeader, 'version'>> & { readonly version?: unknown } };
  if (journal?.format !== 'portolan-journal') throw noJournal(path);
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

function noJournal(path: string): RefusedError {
  return new RefusedError('JOURNAL_DAMAGED', `${path} is no journal`, {
    hint: 'Nothing was taken back. Name what --journal wrote.',
  });
}

function damaged(path: string, what: string): RefusedError {
  return new RefusedError('JOURNAL_DAMAGED', `${path}: ${what}`, {
    hint: 'Nothing was taken back. A journal is not to be edited; copy it again from where it was written.',
  });
}
