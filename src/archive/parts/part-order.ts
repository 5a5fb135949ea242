import { RefusedError } from '../../errors/portolan-error.js';

/** `files` is a list of files, `file` one of them. */
export type PartKind = 'header' | 'objects' | 'files' | 'file' | 'trailer';

const places: Readonly<Record<PartKind, number>> = { header: 0, objects: 1, file: 2, files: 2, trailer: 3 };

export const headerPart = 'header.json';
export const trailerPart = 'trailer.json';
/** The folder of the files beside the rows. */
export const filesFolder = 'files';

/** Counted from 1. */
export function numberedPart(kind: 'objects' | 'files', number: number): string {
  return `${kind}-${String(number).padStart(6, '0')}.jsonl`;
}

/** What a member of an archive in parts is, by its name; undefined for what has no place there. */
export function partOf(name: string): { readonly kind: PartKind; readonly number: number } | undefined {
  if (name === headerPart) return { kind: 'header', number: 0 };
  if (name === trailerPart) return { kind: 'trailer', number: 0 };
  if (name.startsWith(`${filesFolder}/`)) return { kind: 'file', number: 0 };
  const [, kind, digits] = /^(objects|files)-(\d{6,9})\.jsonl$/u.exec(name) ?? [];
  if (kind !== 'objects' && kind !== 'files') return undefined;
  return name === numberedPart(kind, Number(digits)) ? { kind, number: Number(digits) } : undefined;
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
  readonly #counts = { objects: 0, files: 0 };

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws RefusedError ARCHIVE_NOT_OURS, ARCHIVE_DAMAGED */
  next(name: string): PartKind {
    const part = partOf(name);
    const last = this.#last;
    if (last === undefined && part?.kind !== 'header') {
      throw new RefusedError('ARCHIVE_NOT_OURS', `${this.#path} is no Portolan archive: it does not begin with ${headerPart}`);
    }
    if (part === undefined) throw this.#damaged(`${printable(name)} is no part of an archive`);
    if (last === 'trailer') throw this.#damaged(`${printable(name)} follows the trailer`);
    if (last !== undefined && part.kind === 'header') throw this.#damaged(`${name} stands there twice`);
    if (last !== undefined && places[part.kind] < places[last]) {
      throw this.#damaged(`${name} stands behind the files`);
    }
    if (part.kind === 'objects' || part.kind === 'files') {
      this.#counts[part.kind] += 1;
      const expected = numberedPart(part.kind, this.#counts[part.kind]);
      if (name !== expected) throw this.#damaged(`${name} stands where ${expected} should`);
    }
    if (part.kind === 'trailer' && last === 'file') throw this.#damaged('its last files are in no list');
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
