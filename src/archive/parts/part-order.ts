import { RefusedError } from '../../errors/portolan-error.js';

export type PartKind = 'header' | 'objects' | 'trailer';

const places: Readonly<Record<PartKind, number>> = { header: 0, objects: 1, trailer: 2 };

/** What a member of an archive in parts is, by its name; undefined for what has no place there. */
export function partOf(name: string): { readonly kind: PartKind; readonly number: number } | undefined {
  if (name === headerPart) return { kind: 'header', number: 0 };
  if (name === trailerPart) return { kind: 'trailer', number: 0 };
  const [, digits] = /^objects-(\d{6,9})\.jsonl$/u.exec(name) ?? [];
  return digits === undefined || name !== objectsPart(Number(digits)) ? undefined : { kind: 'objects', number: Number(digits) };
}

export const headerPart = 'header.json';
export const trailerPart = 'trailer.json';

/** Counted from 1. */
export function objectsPart(number: number): string {
  return `objects-${String(number).padStart(6, '0')}.jsonl`;
}

/** Sorts the names of an archive's parts as they stand in it. */
export function comparePartNames(a: string, b: string): number {
  const [one, other] = [partOf(a), partOf(b)];
  if (one === undefined || other === undefined) return a < b ? -1 : 1;
  return places[one.kind] - places[other.kind] || one.number - other.number;
}

/** Follows the members of an archive in parts, and refuses one that is surplus, missing, there twice, or in another place. */
export class PartOrder {
  readonly #path: string;
  #last: PartKind | undefined;
  #objects = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws RefusedError ARCHIVE_NOT_OURS, ARCHIVE_DAMAGED */
  next(name: string): PartKind {
    const part = partOf(name);
    if (this.#last === undefined && part?.kind !== 'header') {
      throw new RefusedError('ARCHIVE_NOT_OURS', `${this.#path} is no Portolan archive: it does not begin with ${headerPart}`);
    }
    if (part === undefined) throw this.#damaged(`${printable(name)} is no part of an archive`);
    if (this.#last === 'trailer') throw this.#damaged(`${name} follows the trailer`);
    if (this.#last !== undefined && part.kind === 'header') throw this.#damaged(`${name} stands there twice`);
    if (part.kind === 'objects') {
      this.#objects += 1;
      const expected = objectsPart(this.#objects);
      if (name !== expected) throw this.#damaged(`${name} stands where ${expected} should`);
    }
    this.#last = part.kind;
    return part.kind;
  }

  /** @throws RefusedError ARCHIVE_TRUNCATED */
  end(): void {
    if (this.#last === undefined) throw new RefusedError('ARCHIVE_TRUNCATED', `${this.#path} is empty`);
    if (this.#last === 'trailer') return;
    throw new RefusedError('ARCHIVE_TRUNCATED', `${this.#path} is cut: it has no ${trailerPart}`, {
      hint: 'Copy or export it again.',
    });
  }

  #damaged(what: string): RefusedError {
    return new RefusedError('ARCHIVE_DAMAGED', `${this.#path}: ${what}`, { hint: 'Copy or export it again.' });
  }
}

/** A name that anybody can have given. */
export function printable(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
