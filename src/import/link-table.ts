import { createHash } from 'node:crypto';
import { keyTexts } from '../closure/key.js';
import { ConstraintError } from '../dialect/postgres/database-error.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import { columnList, columnNamed, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Entity, Link, Reference, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import type { BulkConstraints } from './bulk-constraints.js';
import { drawsFromSequence } from './generated-keys.js';
import { isEmpty } from './look-up-rows.js';
import type { LinkPair } from './write-links.js';

export interface LinkTableOptions {
  readonly session: Session;
  readonly schema: Schema;
  readonly link: Link;
  readonly dryRun: boolean;
  readonly bulk?: BulkConstraints | undefined;
}

/** Text of so many links is copied at once: a COPY of a thousand takes longer to begin and to end than to write them. */
const worthCopying = 1024 * 1024;

/** An end of some link is not there. */
export class LinkEndMissing extends Error {}

/** A join table that was empty: links go into it by COPY, as the constraints of both ends allow, and are compared as a whole. */
export class LinkTable {
  readonly #session: Session;
  readonly #through: Entity;
  readonly #columns: readonly string[];
  /** Names of the constraints of both ends: the table may have others. */
  readonly #constraints: readonly (string | undefined)[];
  readonly #hash = createHash('sha256');
  #text = '';
  readonly #bulk: BulkConstraints | undefined;

  private constructor({ session, link: { owner, inverse }, bulk }: LinkTableOptions, through: Entity) {
    this.#session = session;
    this.#through = through;
    this.#bulk = bulk;
    this.#columns = [...owner.columns, ...inverse.columns];
    this.#constraints = [owner.constraint?.name, inverse.constraint?.name];
  }

  /** Undefined where links have to be compared one by one, or are no plain copies of their ends' keys. */
  static async open(options: LinkTableOptions): Promise<LinkTable | undefined> {
    const { session, schema, link, dryRun } = options;
    const through = schema.entities.get(link.through);
    if (through === undefined || through.triggers.length > 0) return undefined;
    if (![link.owner, link.inverse].every((reference) => isCopied(schema, through, reference))) return undefined;
    const columns = [...link.owner.columns, ...link.inverse.columns];
    const isDrawn = through.columns.some((column) => drawsFromSequence(column) && !columns.includes(column.name));
    if ((dryRun && isDrawn) || !(await isEmpty(session, through))) return undefined;
    for (const { constraint } of [link.owner, link.inverse]) {
      if (constraint?.deferrable === true)
        await session.query(`SET CONSTRAINTS ${quoteTable({ schema: through.table.schema, name: constraint.name })} IMMEDIATE`);
    }
    return new LinkTable(options, through);
  }

  /** Takes links to be copied; true where they have become enough to {@link flush}. */
  take(pairs: readonly LinkPair[]): boolean {
    for (const pair of pairs) this.#text += `${pair.flatMap(keyTexts).map(escapeCopy).join('\t')}\n`;
    return this.#text.length >= worthCopying;
  }

  /** Copies what was taken. @throws LinkEndMissing: the transaction is of no more use then */
  async flush(): Promise<void> {
    if (this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#hash.update(bytes);
    const sql = `COPY ${quoteTable(this.#through.table)} (${columnList(this.#columns)}) FROM STDIN`;
    const purpose = { what: 'write links', table: this.#through.table };
    const copy = (): Promise<number> => this.#session.copyIn(sql, only(bytes), purpose);
    try {
      await (this.#bulk === undefined ? copy() : this.#bulk.write(this.#through, copy));
    } catch (error) {
      throw this.#isOpen(error) ? new LinkEndMissing() : error;
    }
  }

  /** Whether an error of the whole import says that an end of some link here is not there. */
  isOpened(error: unknown): boolean {
    const { schema, name } = this.#through.table;
    return this.#isOpen(error) && error.table === `${schema}.${name}`;
  }

  #isOpen(error: unknown): error is ConstraintError {
    if (!(error instanceof ConstraintError) || (error.cause as { readonly code?: string }).code !== '23503') return false;
    return this.#constraints.includes(error.constraint);
  }

  /** Whether the table holds exactly what was written; to be asked once. */
  async isAsWritten(): Promise<boolean> {
    const hash = createHash('sha256');
    for await (const chunk of createRowReader(this.#session).table(this.#through, this.#columns, this.#columns))
      hash.update(chunk);
    return hash.digest('hex') === this.#hash.digest('hex');
  }
}

/** Whether the join table holds the parent's key as it stands, and a constraint sees to it that the parent is there. */
function isCopied(schema: Schema, through: Entity, { constraint, direct, columns, parent, parentColumns }: Reference): boolean {
  const other = schema.entities.get(parent);
  if (other === undefined || constraint === undefined || !direct) return false;
  return columns.every((name, at) => {
    const own = columnNamed(through, name);
    const theirs = columnNamed(other, parentColumns[at] ?? '');
    return other.key[at] === theirs.name && (own.type === theirs.type || (own.kind === 'integer' && theirs.kind === 'integer'));
  });
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
