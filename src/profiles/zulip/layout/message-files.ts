import type { Key } from '../../../closure/key.js';
import type { RowReader } from '../../../dialect/row-reader.js';
import { chunked } from '../../../export/chunked.js';
import type { Pass } from '../../../export/layout-rows.js';
import type { Entity } from '../../../schema/schema.js';
import type { LeavingRow } from '../../../export/leaving-rows.js';
import { FailedError } from '../../../errors/portolan-error.js';
import { BufferPool } from '../../../values/buffer-pool.js';
import { OutputBuffer } from '../../../values/output-buffer.js';
import { fieldsOf, inZulipsOrder, RowText } from './fields.js';
import { messageTables } from './tables.js';
import type { TablesFile } from './tables-file.js';
import type { ZulipFiles } from './zulip-files.js';

/** Messages of one file. */
export const messagesOfFile = 1000;
/** Files whose messages and their users' rows are read by one query each: as many as have about so many rows, which the server sorts in memory. */
const rowsAtOnce = 40_000;
const filesAtOnce = 10;
/** Bytes of one file that are handed on at once. */
const worthHandingOn = 128 * 1024;
/** What a row mostly has at most. */
const rowMargin = 32 * 1024;

/** Messages of some files that follow each other. */
interface Unit {
  /** Of the first file, from 1. */
  readonly first: number;
  readonly keys: readonly Key[];
}

/** Rows for one file. */
interface Piece {
  /** The first file of its unit. */
  readonly unit: number;
  readonly file: number;
  readonly table: keyof typeof messageTables;
  readonly bytes: Buffer;
  readonly count: number;
}

/** What was written for a file, and not handed on. */
interface Waiting {
  readonly file: number;
  readonly out: OutputBuffer;
  count: number;
}

/**
 * `messages-000001.json` and on: a thousand messages each, their ids ascending through all of them, and with each file what its
 * messages are to their readers.
 */
export async function writeMessageFiles(files: ZulipFiles): Promise<void> {
  const messages = files.entity('zerver_message');
  const userMessages = files.entity('zerver_usermessage');
  if (messages === undefined || userMessages === undefined) return;
  const { rows } = files.context;
  const buffers = new BufferPool(worthHandingOn + rowMargin);
  const writer = new MessagesReader([messages, userMessages], [rows.pass(messages), rows.pass(userMessages)], buffers);
  const perMessage = rows.count(userMessages.model) / Math.max(1, rows.count(messages.model));
  const size = Math.max(1, Math.min(filesAtOnce, Math.floor(rowsAtOnce / Math.max(1, perMessage * messagesOfFile))));
  const pieces = rows.sideBySide(
    unitsOf(await rows.keys(messages), size),
    (reader, unit) => writer.read(reader, unit),
    ({ bytes }) => bytes.length,
  );
  const open = new OpenFiles(files);
  for await (const piece of pieces) {
    await open.take(piece);
    if (!files.context.output.holdsBytes) buffers.give(piece.bytes);
  }
  await open.close();
  writer.end();
}

function* unitsOf(keys: Iterable<Key>, size: number): Generator<Unit> {
  let first = 1;
  for (const some of chunked(keys, size * messagesOfFile)) {
    yield { first, keys: some };
    first += size;
  }
}

class MessagesReader {
  readonly #messages: Entity;
  readonly #passes: readonly [messages: Pass, userMessages: Pass];
  readonly #texts: readonly [messages: RowText, userMessages: RowText];
  readonly #buffers: BufferPool;
  /** Which message a user's row is of. */
  readonly #message: number;

  constructor(
    [messages, userMessages]: readonly [Entity, Entity],
    [ofMessages, ofUserMessages]: readonly [Pass, Pass],
    buffers: BufferPool,
  ) {
    this.#messages = messages;
    this.#passes = [ofMessages, ofUserMessages];
    this.#buffers = buffers;
    this.#texts = [
      new RowText(inZulipsOrder(fieldsOf(messages, ofMessages.columns, { methods: [] }), messageTables.zerver_message)),
      new RowText(
        inZulipsOrder(fieldsOf(userMessages, ofUserMessages.columns, { methods: [] }), messageTables.zerver_usermessage),
      ),
    ];
    this.#message = ofUserMessages.columns.findIndex(({ name }) => name === 'message_id');
  }

  async *read(reader: RowReader, { first, keys }: Unit): AsyncGenerator<Piece> {
    const [ofMessages, ofUserMessages] = this.#passes;
    const places = new Map(keys.map((key, at) => [key, first + Math.floor(at / messagesOfFile)]));
    const messages = ofMessages.byKey(reader, keys);
    yield* this.#pieces(first, messages, 'zerver_message', this.#texts[0], (row) => places.get(row.key()));
    const readers = ofUserMessages.holding(reader, 'message_id', this.#messages.model, keys);
    const at = this.#message;
    yield* this.#pieces(first, readers, 'zerver_usermessage', this.#texts[1], ({ cursor }) => places.get(cursor.integer(at)));
  }

  end(): void {
    for (const pass of this.#passes) pass.end();
  }

  async *#pieces(
    unit: number,
    rows: AsyncIterable<LeavingRow>,
    table: Piece['table'],
    text: RowText,
    fileOf: (row: LeavingRow) => number | undefined,
  ): AsyncGenerator<Piece> {
    const waiting = new Map<number, Waiting>();
    const waitingFor = (file: number): Waiting => {
      const known = waiting.get(file) ?? { file, out: new OutputBuffer(this.#buffers.take()), count: 0 };
      waiting.set(file, known);
      return known;
    };
    const handOn = ({ file, out, count }: Waiting): Piece => {
      waiting.delete(file);
      return { unit, file, table, bytes: out.bytes(), count };
    };
    for await (const row of rows) {
      const facts = { key: () => row.key(), lists: [] };
      // Rows of one file mostly follow each other.
      let one: Waiting | undefined;
      while (row.next()) {
        const file = fileOf(row);
        if (file === undefined) continue;
        if (one?.file !== file) one = waitingFor(file);
        text.write(one.out, row.cursor, facts);
        one.count += 1;
        if (one.out.length < worthHandingOn) continue;
        yield handOn(one);
        one = undefined;
      }
    }
    for (const rest of [...waiting.values()].sort((a, b) => a.file - b.file)) yield handOn(rest);
  }
}

/** The files of a unit are open at once; they are closed in their order. */
class OpenFiles {
  readonly #files: ZulipFiles;
  readonly #open = new Map<number, { readonly file: TablesFile; table: Piece['table'] }>();
  #unit = 0;
  #written = 0;

  constructor(files: ZulipFiles) {
    this.#files = files;
  }

  async take({ unit, file: number, table, bytes, count }: Piece): Promise<void> {
    if (unit !== this.#unit) await this.close();
    this.#unit = unit;
    let one = this.#open.get(number);
    if (one === undefined) {
      const file = await this.#files.tables(messagesPath(number));
      await file.begin('zerver_message');
      one = { file, table: 'zerver_message' };
      this.#open.set(number, one);
    }
    if (one.table !== table) await one.file.begin((one.table = table));
    await one.file.rows(bytes, count);
  }

  async close(): Promise<void> {
    for (const [number, { file, table }] of [...this.#open].sort(([a], [b]) => a - b)) {
      if (number !== this.#written + 1) {
        throw new FailedError('ROWS_MISSING', `${messagesPath(number)} follows ${messagesPath(this.#written)}`, {
          hint: 'This is a defect of Portolan: nothing was written. Please report it.',
        });
      }
      if (table === 'zerver_message') await file.begin('zerver_usermessage');
      await this.#files.finish(messagesPath(number), file);
      this.#written = number;
    }
    this.#open.clear();
  }
}

/** Counted from 1. */
export function messagesPath(file: number): string {
  return `messages-${String(file).padStart(6, '0')}.json`;
}
