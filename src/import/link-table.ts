import { createHash } from 'node:crypto';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { compareKeys } from '../closure/key-order.js';
import type { KeyView } from '../closure/key-set.js';
import { copyRows } from '../dialect/postgres/copy-rows.js';
import { ConstraintError } from '../dialect/postgres/database-error.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import { columnNamed, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Entity, Link, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import { OutputBuffer } from '../values/output-buffer.js';
import type { BulkConstraints } from './bulk-constraints.js';
import { drawsFromSequence } from './generated-keys.js';
import { holdsKeyOf } from './holds-key-of.js';
import { isEmpty } from './look-up-rows.js';
import type { ObjectLinks } from './write-links.js';

export interface LinkTableOptions {
  readonly session: Session;
  readonly schema: Schema;
  readonly link: Link;
  readonly dryRun: boolean;
  readonly bulk?: BulkConstraints | undefined;
  /** Whether objects can have other keys in the target than in the archive. */
  readonly isMapped: boolean;
  /** Owners that this import inserted, in ascending order, where they are integers: nobody has links of them. */
  readonly owners: KeyView | undefined;
}

/**
 * Text of so many links is copied at once: a COPY of a thousand takes longer to begin and to end than to write them. The first ones are
 * fewer, as the database has nothing to do until they come.
 */
const worthCopying = 1024 * 1024;
const firstCopied = 64 * 1024;
const growth = 4;

/** An end of some link is not there. */
export class LinkEndMissing extends Error {}

/** Owners that one query asks for. */
const ownersAtOnce = 400_000;

/** Of links that lie beside others: those of the rows that this import inserted. */
interface Beside {
  readonly owners: KeyView;
  /** The join table, as if its key were both ends, and the column that holds the owner. */
  readonly entity: Entity;
  readonly column: string;
  readonly compare: (a: Key, b: Key) => number;
}

/**
 * A join table into which links go by COPY, as the constraints of both ends allow, to be compared as a whole: one that was empty, in the
 * archive's order; or one that has no links yet of the owners that this import inserted, in the order of their keys.
 */
export class LinkTable {
  readonly #session: Session;
  readonly #through: Entity;
  readonly #columns: readonly string[];
  /** Names of the constraints of both ends: the table may have others. */
  readonly #constraints: readonly (string | undefined)[];
  readonly #beside: Beside | undefined;
  readonly #hash = createHash('sha256');
  #rows = new OutputBuffer(Buffer.allocUnsafe(4096));
  #enough = firstCopied;
  /** The owner of the latest links that were taken. */
  #last = -Infinity;
  #isClosed = false;
  readonly #bulk: BulkConstraints | undefined;

  private constructor(
    { session, link: { owner, inverse }, bulk }: LinkTableOptions,
    through: Entity,
    beside: Beside | undefined,
  ) {
    this.#session = session;
    this.#through = through;
    this.#bulk = bulk;
    this.#columns = [...owner.columns, ...inverse.columns];
    this.#constraints = [owner.constraint?.name, inverse.constraint?.name];
    this.#beside = beside;
  }

  /** Undefined where links have to be compared one by one, or are no plain copies of their ends' keys. */
  static async open(options: LinkTableOptions): Promise<LinkTable | undefined> {
    const { session, schema, link, dryRun, isMapped } = options;
    const through = schema.entities.get(link.through);
    if (through === undefined || through.triggers.length > 0) return undefined;
    if (![link.owner, link.inverse].every((reference) => holdsKeyOf(schema, through, reference))) return undefined;
    const columns = [...link.owner.columns, ...link.inverse.columns];
    const isDrawn = through.columns.some((column) => drawsFromSequence(column) && !columns.includes(column.name));
    if (dryRun && isDrawn) return undefined;
    const empty = await isEmpty(session, through);
    const beside = empty && !isMapped ? undefined : besideOthers(options, through);
    const table = new LinkTable(options, through, beside);
    if (!empty && (beside === undefined || (await table.#hasLinks()))) return undefined;
    if (empty && isMapped && beside === undefined) return undefined;
    for (const { constraint } of [link.owner, link.inverse]) {
      if (constraint?.deferrable === true)
        await session.query(`SET CONSTRAINTS ${quoteTable({ schema: through.table.schema, name: constraint.name })} IMMEDIATE`);
    }
    return table;
  }

  /** Whether what was taken is enough to {@link flush} it. */
  get isFull(): boolean {
    return this.#rows.length >= this.#enough;
  }

  /** Takes links to be copied, and gives those that have to be looked for one by one. */
  take(links: readonly ObjectLinks[]): readonly ObjectLinks[] {
    return links.filter((one) => !this.#takes(one));
  }

  /** A constraint may be there and not be enforced: an end that the archive has not is looked for. */
  #takes({ owner, ends, areInArchive }: ObjectLinks): boolean {
    const beside = this.#beside;
    const isNew = beside?.owners.has(owner) !== false;
    const isOrdered = beside === undefined || (typeof owner === 'number' && owner > this.#last);
    if (!isNew || !areInArchive || !isOrdered || this.#isClosed) {
      // Its links are no longer those that were taken only.
      if (isNew && beside !== undefined) this.#isClosed = true;
      return false;
    }
    this.#last = Number(owner);
    for (const end of beside === undefined ? ends : [...ends].sort(beside.compare)) {
      writeKey(this.#rows, owner);
      this.#rows.ascii('\t');
      writeKey(this.#rows, end);
      this.#rows.ascii('\n');
    }
    return true;
  }

  /** Copies what was taken. @throws LinkEndMissing: the transaction is of no more use then */
  async flush(): Promise<void> {
    const bytes = this.#rows.bytes();
    if (bytes.length === 0) return;
    // What is sent stays as it is.
    this.#rows = new OutputBuffer(Buffer.allocUnsafe(bytes.length));
    this.#enough = Math.min(worthCopying, this.#enough * growth);
    this.#hash.update(bytes);
    const { table } = this.#through;
    const columns = this.#columns.map((name) => columnNamed(this.#through, name));
    const purpose = { what: 'write links', table };
    const copy = (): Promise<number> => copyRows(this.#session, { table, columns }, only(bytes), purpose);
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

  /** Whether the table holds exactly what was written, of the owners that were inserted where it had others; to be asked once. */
  async isAsWritten(): Promise<boolean> {
    const hash = createHash('sha256');
    for await (const chunk of this.#stored()) hash.update(chunk);
    return hash.digest('hex') === this.#hash.digest('hex');
  }

  /** Whether any owner that was inserted has links already: a trigger may have made them, or no constraint kept them out. */
  async #hasLinks(): Promise<boolean> {
    let bytes = 0;
    for await (const chunk of this.#stored()) bytes += chunk.length;
    return bytes > 0;
  }

  async *#stored(): AsyncGenerator<Buffer> {
    const reader = createRowReader(this.#session);
    if (this.#beside === undefined) {
      yield* reader.table(this.#through, this.#columns, this.#columns);
      return;
    }
    const { entity, column, owners } = this.#beside;
    for (const keys of batches(owners.sorted())) {
      const held = { column, of: entity.model, keys: { size: keys.length, listed: owners.listed, sorted: () => keys } };
      yield* reader.rowsOf({ entity, anyOf: [held] }, this.#columns);
    }
  }
}

/** Undefined where links of the owners that were inserted cannot be read in the order in which they are written. */
function besideOthers({ session, schema, link, owners }: LinkTableOptions, through: Entity): Beside | undefined {
  const other = schema.entities.get(link.inverse.parent);
  const [column] = link.owner.columns;
  if (owners === undefined || other === undefined || column === undefined || !createRowReader(session).describes)
    return undefined;
  const key = [...link.owner.columns, ...link.inverse.columns];
  return { owners, entity: { ...through, key }, column, compare: compareKeys(other) };
}

function writeKey(out: OutputBuffer, key: Key): void {
  if (typeof key === 'number') out.integer(key);
  else out.utf8(keyTexts(key).map(escapeCopy).join('\t'));
}

function* batches(keys: Iterable<Key>): Generator<readonly Key[]> {
  let batch: Key[] = [];
  for (const key of keys) {
    if (batch.push(key) < ownersAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
