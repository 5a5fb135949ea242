import type { TreeMember, WrittenMember } from '../../../archive/tree/tree.js';
import { jsonString } from './json-text.js';

/** A file of Zulip's: an object of lists of rows. Rows come as `RowText` writes them, in pieces. */
export class TablesFile {
  readonly #member: TreeMember;
  readonly #counts = new Map<string, number>();
  #table: string | undefined;
  /** Whether the table has a row already. */
  #filled = false;

  constructor(member: TreeMember) {
    this.#member = member;
  }

  /** Rows by table, in their order. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** What follows are rows of this table. */
  async begin(table: string): Promise<void> {
    const start = this.#table === undefined ? '{\n' : `${this.#end()},\n`;
    this.#table = table;
    this.#filled = false;
    this.#counts.set(table, 0);
    await this.#member.write(Buffer.from(`${start}    ${jsonString(table)}:[`));
  }

  async rows(bytes: Buffer, count: number): Promise<void> {
    if (bytes.length === 0) return;
    const table = this.#table ?? '';
    this.#counts.set(table, (this.#counts.get(table) ?? 0) + count);
    // The first has none before it.
    await this.#member.write(this.#filled ? bytes : bytes.subarray(1));
    this.#filled = true;
  }

  async finish(): Promise<WrittenMember> {
    await this.#member.write(Buffer.from(this.#table === undefined ? '{\n\n}' : `${this.#end()}\n}`));
    return this.#member.finish();
  }

  /** An empty list stands as Zulip's own writer leaves it. */
  #end(): string {
    return this.#filled ? '\n    ]' : '\n\n    ]';
  }
}
