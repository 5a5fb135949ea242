import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { toIntegerKey } from '../closure/key.js';
import { integerAt } from './integer-at.js';
import type { ObjectLayout } from './object-layout.js';
import type { OutputBuffer } from './output-buffer.js';

const quote = 0x22;
const letterN = 0x6e;

/** Where the values of an object stand in its line: for each member, and then for the key, its first byte and the one behind its last. */
export interface ValuePlaces {
  readonly bytes: Buffer;
  /** The line. */
  readonly start: number;
  readonly end: number;
  /** An end is negative where a text has escapes. */
  readonly slots: Int32Array;
  readonly first: number;
}

/**
 * An object that is still in the bytes of its line: what is asked of it most, a value as the server's text, is copied out of them,
 * and only what else is asked for is parsed. The bytes must not change as long as the object lives.
 */
export class EncodedObject implements ArchiveObject {
  readonly layout: ObjectLayout;
  readonly #places: ValuePlaces;
  #parsed: ArchiveObject | undefined;

  constructor(layout: ObjectLayout, places: ValuePlaces) {
    this.layout = layout;
    this.#places = places;
  }

  get model(): string {
    return this.layout.model;
  }

  get pk(): ArchiveObject['pk'] {
    return this.#whole().pk;
  }

  get fields(): ArchiveObject['fields'] {
    return this.#whole().fields;
  }

  get key(): Key {
    const { bytes, slots, first } = this.#places;
    const at = first + this.layout.members.length * 2;
    const start = slots[at] as number;
    if (this.layout.pk === 'text' || bytes[start] === quote) {
      const text = this.#text(at) ?? '';
      return this.layout.pk === 'text' ? text : toIntegerKey(text);
    }
    return integerAt(bytes, start, slots[at + 1] as number);
  }

  /** The bytes of its line, as an encoder writes them. */
  get line(): Buffer {
    const { bytes, start, end } = this.#places;
    return bytes.subarray(start, end);
  }

  /** Behind its key the line ends, unless it goes on to say that it is shared. */
  get isShared(): boolean {
    const { slots, first, end } = this.#places;
    return end - Math.abs(slots[first + this.layout.members.length * 2 + 1] as number) > 1;
  }

  /** A member's value as the server's text. */
  textAt(place: number): string | null {
    return this.#text(this.#places.first + place * 2);
  }

  /** A member's value as an integer key; undefined for NULL. */
  integerAt(place: number): Key | undefined {
    const { bytes, slots, first } = this.#places;
    const start = slots[first + place * 2] as number;
    const byte = bytes[start];
    if (byte === letterN) return undefined;
    if (byte === quote) return toIntegerKey(this.textAt(place) ?? '');
    return integerAt(bytes, start, slots[first + place * 2 + 1] as number);
  }

  /** The member's list of keys. */
  keysAt(place: number): readonly Key[] {
    const { bytes, slots, first } = this.#places;
    const start = slots[first + place * 2] as number;
    const end = Math.abs(slots[first + place * 2 + 1] as number);
    if (end - start === 2) return none;
    const list = JSON.parse(bytes.toString('utf8', start, end)) as readonly ArchiveValue[];
    const member = this.layout.members[place];
    return member?.holds.kind === 'integer' ? list.map((key) => toIntegerKey(String(key))) : list.map(String);
  }

  /** Writes a member's value, or the key, as COPY text. */
  copyInto(out: OutputBuffer, place: number | 'pk'): void {
    const { bytes, slots, first } = this.#places;
    const at = first + (place === 'pk' ? this.layout.members.length : place) * 2;
    const start = slots[at] as number;
    const end = slots[at + 1] as number;
    switch (bytes[start]) {
      case quote:
        if (end > 0) out.copy(bytes, start + 1, end - 1);
        else out.unescaped(bytes, start + 1, -end - 1);
        return;
      case letterN:
        out.ascii('\\N');
        return;
      case 0x74:
      case 0x66:
        out.copy(bytes, start, start + 1);
        return;
      default:
        out.copy(bytes, start, end);
    }
  }

  #text(at: number): string | null {
    const { bytes, slots } = this.#places;
    const start = slots[at] as number;
    const end = slots[at + 1] as number;
    switch (bytes[start]) {
      case quote:
        if (end > 0) return bytes.toString('utf8', start + 1, end - 1);
        return JSON.parse(bytes.toString('utf8', start, -end)) as string;
      case letterN:
        return null;
      case 0x74:
        return 't';
      case 0x66:
        return 'f';
      default:
        return bytes.toString('latin1', start, end);
    }
  }

  #whole(): ArchiveObject {
    const { bytes, start, end } = this.#places;
    return (this.#parsed ??= JSON.parse(bytes.toString('utf8', start, end)) as ArchiveObject);
  }
}

const none: readonly Key[] = Object.freeze([]);
