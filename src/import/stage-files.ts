import { createHash } from 'node:crypto';
import type { FileVisitor } from '../archive/archive-content.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { FileRecord } from '../archive/parts/file-record.js';
import { FailedError, RefusedError } from '../errors/portolan-error.js';
import type { FileStore, FileTransaction } from '../files/file-store.js';
import type { Findings } from '../findings/finding.js';
import type { ConflictStrategy } from '../terms.js';
import type { FileCounts } from './import-options.js';
import type { Plan } from './plan.js';
import { isFileLeftOut } from './plan-files.js';

export interface StageFilesOptions {
  readonly archive: ArchiveReader;
  readonly plan: Plan;
  readonly store: FileStore | undefined;
  readonly noFiles: boolean;
  readonly onConflict: ConflictStrategy;
  readonly dryRun: boolean;
  readonly findings: Findings;
  readonly signal?: AbortSignal | undefined;
  /** Told where files stand until the rows are committed. */
  readonly onStaging?: ((where: string) => void) | undefined;
}

/** Files that get their places when the rows are committed. */
export interface StagedFiles {
  readonly counts: FileCounts;
  /** @throws FailedError FILES_MISSING */
  publish(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Puts the files of an archive where the store keeps them, under temporary names, and proves them on the way. A file that is there already and
 * equal is `same`; another one is never replaced unasked.
 *
 * @throws RefusedError FILE_EXISTS, FILE_OUTSIDE, ARCHIVE_*
 */
export async function stageFiles(options: StageFilesOptions): Promise<StagedFiles | undefined> {
  const { archive, store, noFiles, dryRun, onConflict, findings } = options;
  const files = archive.trailer?.files;
  if (files === undefined || files.count === 0 || noFiles) return undefined;
  if (store === undefined) {
    findings.warn('files-stay', archive.path, `${String(files.count)} files stay in the archive: --files says where they belong`);
    return undefined;
  }
  const transaction = await store.begin(onConflict === 'override');
  try {
    await tellStrangers(transaction, store, findings);
    if (transaction.staging !== undefined && !dryRun) options.onStaging?.(transaction.staging);
    const visitor = new Visitor(options, transaction);
    await archive.files(visitor);
    const counts = visitor.end(store.name);
    if (dryRun) await transaction.discard();
    return {
      counts,
      discard: () => transaction.discard(),
      publish: () =>
        transaction.publish().catch((error: unknown) => {
          throw new FailedError(
            'FILES_MISSING',
            `${store.name}: not all files have got their places, but the objects are imported`,
            {
              cause: error,
              hint: 'Run the import again: it finds the objects there, writes none, and puts what is missing.',
            },
          );
        }),
    };
  } catch (error) {
    await transaction.discard();
    throw error;
  }
}

/** None is removed: an import that runs would end without its files. */
async function tellStrangers(transaction: FileTransaction, { name }: FileStore, findings: Findings): Promise<void> {
  const { count = 0, isMore = false } = (await transaction.strangers?.()) ?? {};
  if (count === 0) return;
  const those = `${isMore ? 'at least ' : ''}${String(count)} ${count === 1 ? 'object whose name begins' : 'objects whose names begin'}`;
  findings.note(
    'files-left',
    name,
    `${those} with .portolan-: of imports that run now, or of some that were killed (README: Take files along)`,
  );
}

type Seen = 'new' | 'same' | 'different';

class Visitor implements FileVisitor {
  readonly #options: StageFilesOptions;
  readonly #transaction: FileTransaction;
  /** Until their records come. */
  readonly #seen = new Map<string, Seen>();
  readonly #counts = { insert: 0, same: 0, update: 0, skip: 0 };
  #conflicts = 0;
  #first: string | undefined;

  constructor(options: StageFilesOptions, transaction: FileTransaction) {
    this.#options = options;
    this.#transaction = transaction;
  }

  async file(name: string, bytes: AsyncIterable<Buffer>): Promise<void> {
    const { dryRun, onConflict, signal } = this.#options;
    const there = await this.#transaction.look(name);
    const isStaged = !dryRun && (there === undefined || onConflict === 'override');
    const draft = isStaged ? await this.#transaction.stage(name) : undefined;
    const hash = createHash('sha256');
    try {
      for await (const chunk of bytes) {
        signal?.throwIfAborted();
        hash.update(chunk);
        await draft?.write(chunk);
      }
      await draft?.end();
      await draft?.finish();
    } catch (error) {
      await draft?.discard();
      throw error;
    }
    this.#seen.set(name, there === undefined ? 'new' : there.sha256 === hash.digest('hex') ? 'same' : 'different');
  }

  async record(record: FileRecord): Promise<void> {
    const { archive, plan, onConflict, findings } = this.#options;
    const seen = this.#seen.get(record.name);
    this.#seen.delete(record.name);
    if (seen === undefined) throw new TypeError('a record before its file');
    if (isFileLeftOut(archive, plan, record)) {
      await this.#transaction.withdraw(record.name);
      this.#counts.skip += 1;
      return;
    }
    switch (seen) {
      case 'new':
        this.#counts.insert += 1;
        return;
      case 'same':
        await this.#transaction.withdraw(record.name);
        this.#counts.same += 1;
        return;
      case 'different':
        if (onConflict === 'override') this.#counts.update += 1;
        else if (onConflict === 'skip') {
          this.#counts.skip += 1;
          findings.warn('file-kept', record.model, 'another file stands where one of its files belongs: it stays');
        } else {
          this.#conflicts += 1;
          this.#first ??= record.model;
        }
    }
  }

  /** @throws RefusedError FILE_EXISTS */
  end(store: string): FileCounts {
    if (this.#first === undefined) return this.#counts;
    const what = `${String(this.#conflicts)} files belong where others stand, the first of them of ${this.#first}`;
    throw new RefusedError('FILE_EXISTS', `${store}: ${what}`, {
      hint: 'Nothing was written. --on-conflict skip keeps those that are there, override replaces them.',
    });
  }
}
