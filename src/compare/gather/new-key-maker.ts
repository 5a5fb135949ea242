import { createHash } from 'node:crypto';
import type { ArchiveColumn, ArchiveHeader } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import type { Key } from '../../closure/key.js';
import { keyTexts, toKey } from '../../closure/key.js';
import type { KeySet } from '../../closure/key-set.js';
import { FailedError } from '../../errors/portolan-error.js';
import { greatestInteger } from '../../import/generated-keys.js';
import type { KeyPart } from './key-part.js';

/** Makes keys that no object of any archive has, each from the one that it is made for: the same archives, the same keys. */
export class NewKeyMaker {
  readonly #model: string;
  readonly #place: number;
  readonly #column: ArchiveColumn;
  readonly #suffix: string | undefined;
  readonly #isInteger: boolean;
  readonly #isTaken: (key: Key) => boolean;
  readonly #made: KeySet;
  #next: bigint;

  /** @param part which part of the key can be another: see `keyPart` */
  constructor(
    header: ArchiveHeader,
    model: string,
    part: KeyPart,
    {
      above,
      suffix,
      isTaken,
      made,
    }: {
      /** The highest number that any archive has there. */
      readonly above: bigint;
      readonly suffix: string | undefined;
      readonly isTaken: (key: Key) => boolean;
      /** Empty. */
      readonly made: KeySet;
    },
  ) {
    const { kinds } = headerKeyShape(header, model);
    this.#model = model;
    this.#place = part.place;
    this.#column = part.column;
    this.#suffix = suffix;
    this.#isInteger = kinds.length === 1 && kinds[0] === 'integer';
    this.#isTaken = isTaken;
    this.#made = made;
    this.#next = above;
  }

  /** What stands in that part. @throws FailedError NO_NEW_KEYS where the type has none left */
  partFor(key: Key, origin: number): Key {
    const own = keyTexts(key)[this.#place] ?? '';
    for (let attempt = 0; ; attempt += 1) {
      const part = toKey([this.#candidate(own, key, origin, attempt)], this.#column.kind === 'integer');
      const whole = this.with(key, part);
      if (!this.#isTaken(whole) && this.#made.add(whole)) return part;
    }
  }

  /** A key with another value in that part. */
  with(key: Key, part: Key): Key {
    return toKey(
      keyTexts(key).map((own, at) => (at === this.#place ? String(part) : own)),
      this.#isInteger,
    );
  }

  #candidate(own: string, key: Key, origin: number, attempt: number): string {
    if (this.#column.kind === 'integer') {
      this.#next += 1n;
      if (this.#next > greatestInteger(this.#column.type)) throw this.#exhausted();
      return String(this.#next);
    }
    if (this.#suffix !== undefined && this.#column.type !== 'uuid') return this.#fitting(own + this.#suffix.repeat(attempt + 1));
    return this.#fitting(uuidOf(JSON.stringify([this.#model, origin, keyTexts(key), attempt])));
  }

  #fitting(text: string): string {
    const [, length] = /\((\d+)\)$/u.exec(this.#column.type) ?? [];
    if (length !== undefined && Array.from(text).length > Number(length)) throw this.#exhausted();
    return text;
  }

  #exhausted(): FailedError {
    return new FailedError('NO_NEW_KEYS', `${this.#model}: ${this.#column.name} (${this.#column.type}) holds no new key`, {
      hint: 'Nothing was written. Import the archives one after the other: the target gives new keys by its own rules.',
    });
  }
}

/** A UUID that follows from a text (version 8 of RFC 9562). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
