import { createHash } from 'node:crypto';
import { FailedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import { isFileName } from './file-name.js';
import type { FileDraft, FileSink, FileSource, FileState } from './file-source.js';
import type { CopiedFile, NamedFile } from './named-file.js';
import { textSet } from './text-set.js';

export interface CopyFilesOptions {
  readonly source: FileSource;
  readonly sink: FileSink;
  readonly findings: Findings;
  /** So many files are under way at once. */
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const usualJobs = 8;
/** A file that changes each time it is copied is one that somebody goes on writing. */
const attempts = 3;
/** Findings of one kind that are told one by one; the rest is counted. */
const told = 1000;

type Outcome =
  | { readonly kind: 'copied'; readonly copied: CopiedFile; readonly draft: FileDraft }
  | { readonly kind: keyof typeof reasons }
  | { readonly kind: 'nothing' };

const reasons = Object.freeze({
  'file-missing': 'the file that it names is not there',
  'file-outside': 'the path of the file that it names leads elsewhere, and was not followed',
  'file-nowhere': 'nothing that was said of where files are covers the path of the one that it names',
  'file-foreign': 'the object at the path of the file that it names belongs to something else, as its store says: it stays',
  'file-changed': 'the file that it names was changed whenever it was copied',
});

/**
 * Copies files from their source, several side by side, and gives them in the order in which they were named: what is yielded has
 * its place in the sink, whole, as it stood in the source at one moment. A file that several rows name is copied once. What is not there, leads
 * out of the source or changes all the time is a finding.
 *
 * @throws FailedError FILE_NAMED_TWICE where two files are to have one name; what source and sink throw
 */
export async function* copyFiles(files: AsyncIterable<NamedFile>, options: CopyFilesOptions): AsyncGenerator<CopiedFile> {
  const { findings, jobs = usualJobs, signal } = options;
  const seen = new SeenNames();
  const counts = new Map<string, number>();
  const underWay: { readonly file: NamedFile; readonly outcome: Promise<Outcome> }[] = [];
  async function* settle(most: number): AsyncGenerator<CopiedFile> {
    while (underWay.length > most) {
      const [first] = underWay as [(typeof underWay)[number]];
      const outcome = await first.outcome;
      underWay.shift();
      if (outcome.kind === 'copied') {
        await outcome.draft.finish();
        yield outcome.copied;
      } else if (outcome.kind !== 'nothing') {
        const count = (counts.get(outcome.kind) ?? 0) + 1;
        counts.set(outcome.kind, count);
        if (count <= told) findings.warn(outcome.kind, first.file.object.name, reasons[outcome.kind]);
      }
    }
  }
  try {
    for await (const file of files) {
      signal?.throwIfAborted();
      if (!seen.add(file)) continue;
      const outcome = copyFound(file, options);
      // Who settles it is told.
      outcome.catch(() => undefined);
      underWay.push({ file, outcome });
      yield* settle(jobs - 1);
    }
    yield* settle(0);
  } finally {
    for (const { outcome } of underWay) {
      const left = await outcome.catch(() => undefined);
      if (left?.kind === 'copied') await left.draft.discard();
    }
  }
  for (const [kind, count] of counts) {
    if (count > told) findings.warn(kind, 'files', `${String(count - told)} more files are counted, not listed`);
  }
}

/** Copies it from where it is. */
async function copyFound(file: NamedFile, options: CopyFilesOptions): Promise<Outcome> {
  const outcome = await copyOne(file, options);
  const isMissing = outcome.kind === 'file-missing' || outcome.kind === 'file-nowhere';
  if (isMissing && file.otherwise !== undefined) return copyFound({ ...file, ...file.otherwise, otherwise: undefined }, options);
  return isMissing && file.optional === true ? { kind: 'nothing' } : outcome;
}

async function copyOne(file: NamedFile, options: CopyFilesOptions): Promise<Outcome> {
  const { source, sink, signal } = options;
  if (!isFileName(file.path) || !isFileName(file.name)) return { kind: 'file-outside' };
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = await source.stat(file.path, signal);
    if (before.kind !== 'file') return { kind: `file-${before.kind}` };
    const { stored } = before;
    if (stored !== undefined && file.belongs?.(stored) === false) return { kind: 'file-foreign' };
    const draft = await sink.create(file.name);
    try {
      const hash = createHash('sha256');
      const md5 = stored === undefined ? undefined : createHash('md5');
      let bytes = 0;
      for await (const chunk of source.open(file.path, before, signal)) {
        signal?.throwIfAborted();
        hash.update(chunk);
        md5?.update(chunk);
        bytes += chunk.length;
        await draft.write(chunk);
      }
      const after: FileState = before.isFixed === true ? before : await source.stat(file.path, signal);
      if (after.kind === 'file' && after.version === before.version && bytes === after.size) {
        await draft.end();
        const copied = { ...file, bytes, sha256: hash.digest('hex'), modified: after.modified };
        if (stored === undefined || md5 === undefined) return { kind: 'copied', draft, copied };
        return { kind: 'copied', draft, copied: { ...copied, stored: { ...stored, md5: md5.digest('hex') } } };
      }
    } catch (error) {
      await draft.discard();
      throw error;
    }
    await draft.discard();
  }
  return { kind: 'file-changed' };
}

/** Names that were given, exactly. */
class SeenNames {
  readonly #names = textSet();
  readonly #pairs = textSet();

  /** False where the same file was named before. @throws FailedError FILE_NAMED_TWICE for another of its name */
  add({ name, path, object, otherwise }: NamedFile): boolean {
    const isNew = this.#add(name, path, object);
    if (isNew && otherwise !== undefined && otherwise.name !== name) this.#add(otherwise.name, otherwise.path, object);
    return isNew;
  }

  #add(name: string, path: string, object: NamedFile['object']): boolean {
    const isNew = this.#names.add(name);
    const isNewPair = this.#pairs.add(JSON.stringify([name, path]));
    if (!isNew && isNewPair) {
      throw new FailedError('FILE_NAMED_TWICE', `${object.name}: its file would have the name of another file`, {
        detail: name,
        hint: 'Give each place where files are kept a folder of its own (`under`).',
      });
    }
    return isNew;
  }
}
