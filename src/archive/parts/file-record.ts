import stringify from 'fast-json-stable-stringify';
import { isFileName } from '../../files/file-name.js';
import type { ArchiveObject } from '../archive.js';

/** What an archive tells of a file beside its rows: the object that names it, its name below `files/`, and what it holds. */
export interface FileRecord {
  readonly model: string;
  readonly pk: ArchiveObject['pk'];
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export function writeFileRecord({ model, pk, name, bytes, sha256 }: FileRecord): string {
  return `${stringify({ model, pk, name, bytes, sha256 })}\n`;
}

/** Undefined where the line is none. */
export function readFileRecord(line: string): FileRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { model, pk, name, bytes, sha256 } = value as Partial<Record<keyof FileRecord, unknown>>;
  const isRight =
    typeof model === 'string' &&
    pk !== undefined &&
    typeof name === 'string' &&
    isFileName(name) &&
    Number.isSafeInteger(bytes) &&
    typeof sha256 === 'string' &&
    Object.keys(value).length === 5;
  return isRight ? (value as FileRecord) : undefined;
}
