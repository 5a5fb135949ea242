import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';

/** An object with the keys that an id map gives it and what it refers to. */
export class Translated implements ArchiveObject {
  readonly model: string;
  readonly pk: ArchiveObject['pk'];
  readonly fields: ArchiveObject['fields'];
  /** The key that it has in its archive. */
  readonly from: Key;
  /** By member: keys in its lists that the map does not name, as they are in its archive. */
  readonly lost: ReadonlyMap<string, readonly Key[]>;

  constructor({ model, pk, fields }: ArchiveObject, from: Key, lost: ReadonlyMap<string, readonly Key[]>) {
    this.model = model;
    this.pk = pk;
    this.fields = fields;
    this.from = from;
    this.lost = lost;
  }

  /** As one line of a spool, with {@link Translated.parse} as its inverse. */
  line(): string {
    const { model, pk, fields, from, lost } = this;
    return JSON.stringify({ model, pk, fields, from, lost: [...lost] });
  }

  static parse(line: string): Translated {
    const { from, lost, ...object } = JSON.parse(line) as ArchiveObject & { from: Key; lost: [string, Key[]][] };
    return new Translated(object, from, new Map(lost));
  }
}
