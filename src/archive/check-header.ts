import { RefusedError } from '../errors/portolan-error.js';
import type { ArchiveHeader, ArchiveTrailer } from './archive.js';

/** The newest format that this version reads. */
export const formatVersion = 1;

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isString = (value: unknown): boolean => typeof value === 'string';
const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCounts = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((count) => Number.isSafeInteger(count) && Number(count) >= 0);
const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isRecord);

const kinds: ReadonlySet<unknown> = new Set(['integer', 'number', 'boolean', 'text']);
const columnShape: Shape = { name: isString, type: isString, kind: (value) => kinds.has(value) };
const linkShape: Shape = {
  model: isString,
  schema: isString,
  table: isString,
  ownerColumns: isStrings,
  inverseColumns: isStrings,
};
const referenceShape: Shape = { name: isString, columns: isStrings, parent: isString, parentColumns: isStrings };
const entityShape: Shape = {
  schema: isString,
  table: isString,
  key: isStrings,
  columns: (value) => isRecord(value) && Object.values(value).every((column) => fits(column, columnShape)),
  links: (value) => isRecord(value) && Object.values(value).every((one) => fits(one, linkShape)),
  references: (value) => Array.isArray(value) && value.every((one) => fits(one, referenceShape)),
};
const headerShape: Shape = {
  entities: (value) => isRecord(value) && Object.values(value).every((entity) => fits(entity, entityShape)),
  order: isStrings,
  seeds: isStrings,
  roots: isStrings,
  follow: isString,
  policy: (value) => value === null || isString(value),
  withheld: (value) => isRecord(value) && Object.values(value).every(isString),
  includedSecrets: isStrings,
};
const trailerShape: Shape = {
  objects: isCounts,
  links: isCounts,
  total: (value) => Number.isSafeInteger(value),
  external: isList,
  dangling: isList,
  leftOut: isList,
  sha256: (value) => typeof value === 'string' && /^[\da-f]{64}$/u.test(value),
};

/** @throws RefusedError ARCHIVE_NOT_OURS, ARCHIVE_VERSION, ARCHIVE_DAMAGED */
export function checkHeader(value: unknown, path: string): ArchiveHeader {
  if (!isRecord(value) || value['format'] !== 'portolan')
    throw new RefusedError('ARCHIVE_NOT_OURS', `${path} is no Portolan archive`);
  const { version } = value;
  if (!Number.isSafeInteger(version) || Number(version) < 1)
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its header has no format version`);
  if (Number(version) > formatVersion) {
    throw new RefusedError(
      'ARCHIVE_VERSION',
      `${path} has format version ${String(version)}; this Portolan reads up to ${String(formatVersion)}`,
      {
        hint: 'Update Portolan.',
      },
    );
  }
  const wrong = misfit(value, headerShape);
  if (wrong !== undefined)
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its header's ${wrong} is missing or not what it should be`);
  const header = value as unknown as ArchiveHeader;
  const unknown = header.order.find((model) => !Object.hasOwn(header.entities, model));
  if (unknown !== undefined) throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its header does not describe ${unknown}`);
  return header;
}

/** @throws RefusedError ARCHIVE_DAMAGED */
export function checkTrailer(value: unknown, path: string): ArchiveTrailer {
  const wrong = misfit(value, trailerShape);
  if (wrong !== undefined)
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its trailer's ${wrong} is missing or not what it should be`);
  return value as ArchiveTrailer;
}

function fits(value: unknown, shape: Shape): boolean {
  return misfit(value, shape) === undefined;
}

function misfit(value: unknown, shape: Shape): string | undefined {
  if (!isRecord(value)) return 'value';
  return Object.entries(shape).find(([member, isRight]) => !Object.hasOwn(value, member) || !isRight(value[member]))?.[0];
}
