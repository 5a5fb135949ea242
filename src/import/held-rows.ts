import type { Key } from '../closure/key.js';
import type { Session } from '../dialect/session.js';
import type { OutputBuffer } from '../values/output-buffer.js';
import { isColumnEnd, newline } from '../values/column-end.js';
import type { LookedUpColumns } from './look-up-rows.js';
import { behindKey, bytesOfKeys, keyReader } from './look-up-rows.js';

/** Numbers of each row: its chunk, its first byte behind the key, and the one behind its line feed. */
const width = 3;

/** Rows of the target in the bytes in which they came, by key. */
export class HeldRows {
  readonly #chunks: Buffer[] = [];
  readonly #numbers: number[] = [];
  readonly #places = new Map<Key, number>();

  static async read(session: Session, target: LookedUpColumns, keys: readonly Key[]): Promise<HeldRows> {
    const rows = new HeldRows();
    const { entity } = target;
    const readKey = keyReader(entity);
    for await (const chunk of bytesOfKeys(session, target, keys)) {
      for (let at = 0; at < chunk.length;) {
        const start = behindKey(chunk, at, entity.key.length);
        const end = chunk.indexOf(0x0a, start) + 1;
        rows.#places.set(readKey(chunk, at, start - 1), rows.#numbers.length);
        rows.#numbers.push(rows.#chunks.length, start, end);
        at = end;
      }
      rows.#chunks.push(chunk);
    }
    return rows;
  }

  get size(): number {
    return this.#numbers.length / width;
  }

  has(key: Key): boolean {
    return this.#places.has(key);
  }

  /** The row as COPY text, without its line end. */
  text(key: Key): string | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const [chunk = 0, start = 0, end = 0] = this.#numbers.slice(place, place + width);
    return this.#chunks[chunk]?.toString('utf8', start, end - 1);
  }

  /** Whether the row is a line that was written, its line feed included. */
  isLine(key: Key, line: OutputBuffer): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    return line.standsIn(this.#chunks[this.#numbers[place] as number] as Buffer, this.#numbers[place + 1] as number);
  }

  /** Whether the row is there, and differs from what `write` writes of each column, but some, into `column`. */
  differs(key: Key, column: OutputBuffer, write: (place: number) => void, but: ReadonlySet<number>): boolean {
    const held = this.#places.get(key);
    if (held === undefined) return false;
    const bytes = this.#chunks[this.#numbers[held] as number] as Buffer;
    for (let place = 0, at = this.#numbers[held + 1] as number; ; place += 1, at += 1) {
      if (!but.has(place)) {
        column.clear();
        write(place);
        if (!column.standsIn(bytes, at)) return true;
        at += column.length;
        if (!isColumnEnd(bytes[at] as number)) return true;
      } else while (!isColumnEnd(bytes[at] as number)) at += 1;
      if (bytes[at] === newline) return false;
    }
  }
}
