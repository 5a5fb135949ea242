import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { ArchiveEntity } from '../archive/archive.js';

/** Characters of a fingerprint: it tells schemas apart that people made, and stands in policies. */
const length = 16;

/**
 * What form a model has: its table, its key, its columns with their types, its many-to-many relations. The name of the database's schema
 * is no part of it, nor what TypeORM calls a column, nor which references are known.
 */
export function modelFingerprint({ table, key, columns, links }: ArchiveEntity): string {
  const types = Object.values(columns).map(({ name, type }) => [name, type] as const);
  const related = Object.values(links).map((link) => [link.table, link.model]);
  return digestOf({ table, key, columns: Object.fromEntries(types), links: related.map((one) => stringify(one)).sort() });
}

/**
 * The same of a whole schema.
 *
 * @example
 * const { header } = await openArchive('book.json');
 * console.log(schemaFingerprint(header.entities));
 */
export function schemaFingerprint(entities: Readonly<Record<string, ArchiveEntity>>): string {
  return digestOf(modelFingerprints(entities));
}

/** By model, sorted. */
export function modelFingerprints(entities: Readonly<Record<string, ArchiveEntity>>): Readonly<Record<string, string>> {
  const models = Object.entries(entities).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(models.map(([model, entity]) => [model, modelFingerprint(entity)]));
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(stringify(value)).digest('hex').slice(0, length);
}
