import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
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
  /** By member: what else can stand there, since an import writes it for objects that are mentioned and have not come. */
  readonly otherwise: ReadonlyMap<string, ArchiveValue>;

  constructor(
    { model, pk, fields }: ArchiveObject,
    from: Key,
    lost: ReadonlyMap<string, readonly Key[]>,
    otherwise: ReadonlyMap<string, ArchiveValue>,
  ) {
    this.model = model;
    this.pk = pk;
    this.fields = fields;
    this.from = from;
    this.lost = lost;
    this.otherwise = otherwise;
  }

  /** The object with what else can stand in some of its members; itself where nothing can. */
  withOther(members: readonly string[]): ArchiveObject {
    const other = members.flatMap((member) => (this.otherwise.has(member) ? [[member, this.otherwise.get(member) ?? null]] : []));
    return other.length === 0
      ? this
      : { model: this.model, pk: this.pk, fields: { ...this.fields, ...(Object.fromEntries(other) as ArchiveObject['fields']) } };
  }

  /** As one line of a spool, with {@link Translated.parse} as its inverse. */
  line(): string {
    const { model, pk, fields, from, lost, otherwise } = this;
    return JSON.stringify({ model, pk, fields, from, lost: [...lost], otherwise: [...otherwise] });
  }

  static parse(line: string): Translated {
    const { from, lost, otherwise, ...object } = JSON.parse(line) as ArchiveObject & {
      from: Key;
      lost: [string, Key[]][];
      otherwise: [string, ArchiveValue][];
    };
    return new Translated(object, from, new Map(lost), new Map(otherwise));
  }
}
