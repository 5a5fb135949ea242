import type { TreeMember } from '../../../archive/tree/tree.js';
import type { JsonValue } from './json-text.js';
import { jsonText } from './json-text.js';
import type { ZulipFiles } from './zulip-files.js';

/** A `records.json`: what is known of each file of a folder. */
export class RecordsFile {
  readonly #files: ZulipFiles;
  readonly #path: string;
  readonly #member: TreeMember;
  #count = 0;

  private constructor(files: ZulipFiles, path: string, member: TreeMember) {
    this.#files = files;
    this.#path = path;
    this.#member = member;
  }

  static async open(files: ZulipFiles, folder: string): Promise<RecordsFile> {
    const path = `${folder}/records.json`;
    return new RecordsFile(files, path, await files.create(path));
  }

  async add(record: JsonValue): Promise<void> {
    await this.#member.write(Buffer.from(`${this.#count === 0 ? '[' : ','}\n    ${jsonText(record, 1)}`));
    this.#count += 1;
  }

  async finish(): Promise<void> {
    await this.#member.write(Buffer.from(this.#count === 0 ? '[\n\n]' : '\n]'));
    this.#files.counts.set(this.#path, new Map([['records', this.#count]]));
    await this.#files.note(await this.#member.finish());
  }
}
