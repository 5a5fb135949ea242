import { RefusedError } from '../../errors/portolan-error.js';
import { textSet } from '../../files/text-set.js';
import type { FilesOfPass } from '../archive-content.js';
import type { ArchivePart, ArchiveTrailer } from '../archive.js';
import { listLimit } from '../limits.js';
import type { LineBatch } from '../read-lines.js';
import type { CountedPart } from './counted-part.js';
import { readFileRecord } from './file-record.js';
import { filesFolder, printable } from './part-order.js';

/** The files of an archive against the lists that follow them: each stands in one, once, in the same order, as it was written. */
export class ListedFiles {
  readonly #path: string;
  readonly #files: FilesOfPass;
  readonly #names = textSet();
  /** Of the list that is to come. */
  #seen: ArchivePart[] = [];
  #next = 0;
  #count = 0;
  #bytes = 0;
  #hasLists = false;

  constructor(path: string, files: FilesOfPass) {
    this.#path = path;
    this.#files = files;
  }

  get areLookedAt(): boolean {
    return this.#files !== 'pass over';
  }

  async file(part: CountedPart): Promise<void> {
    const name = part.name.slice(filesFolder.length + 1);
    if (typeof this.#files === 'object') await this.#files.file(name, part);
    const rest = part[Symbol.asyncIterator]();
    while ((await rest.next()).done !== true);
    if (!this.areLookedAt) return;
    if (!this.#names.add(name)) throw this.#damaged(`${printable(part.name)} stands there twice`);
    if (this.#seen.length >= listLimit) throw this.#damaged('more files stand there than a list tells of');
    this.#seen.push({ ...part.facts(), name });
  }

  /** Some lines of the list. */
  async list(list: string, { bytes, ends }: LineBatch): Promise<void> {
    this.#hasLists = true;
    if (!this.areLookedAt) return;
    let start = 0;
    for (const end of ends) {
      const record = readFileRecord(bytes.toString('utf8', start, end));
      if (record === undefined) throw this.#damaged(`${list} has a line that tells of no file`);
      const found = this.#seen[this.#next++];
      const told = `${filesFolder}/${record.name}`;
      if (found?.name !== record.name) throw this.#damaged(`${printable(told)} is not where its list has it`);
      if (found.bytes !== record.bytes || found.sha256 !== record.sha256)
        throw this.#damaged(`${printable(told)} is not what was written`);
      this.#count += 1;
      this.#bytes += record.bytes;
      if (typeof this.#files === 'object') await this.#files.record(record);
      start = end;
    }
  }

  endList(): void {
    const unlisted = this.#seen[this.#next];
    if (unlisted !== undefined) throw this.#damaged(`${printable(`${filesFolder}/${unlisted.name}`)} is in no list`);
    this.#seen = [];
    this.#next = 0;
  }

  prove({ files }: ArchiveTrailer): void {
    if (this.#hasLists && files === undefined) throw this.#damaged('its trailer tells of no files');
    if (!this.areLookedAt || files === undefined) return;
    if (files.count !== this.#count || files.bytes !== this.#bytes)
      throw this.#damaged('the trailer counts other files than there are');
  }

  #damaged(what: string): RefusedError {
    return new RefusedError('ARCHIVE_DAMAGED', `${this.#path}: ${what}`, { hint: 'Copy or export it again.' });
  }
}
