import { RefusedError } from '../errors/portolan-error.js';
import type { Inside } from '../inside/inside.js';
import { insideOf, mentionedIn } from '../inside/inside.js';
import { keyFinder } from '../inside/key-finder.js';
import { isStorableText } from '../values/storable-text.js';
import type { ArchiveEntity, ArchiveHeader, ArchiveTrailer } from './archive.js';
import { sealOf } from './seal-of.js';

/** The newest format that this version reads. */
export const formatVersion = 1;

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isString = (value: unknown): boolean => typeof value === 'string';
const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isCounts = (value: unknown): boolean => isRecord(value) && Object.values(value).every(isCount);
const isOne = (value: unknown): boolean => Array.isArray(value) && value.length === 1;
const isListOf =
  (shape: Shape) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every((one) => fits(one, shape));
const isScalar = (value: unknown): boolean =>
  value === null ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && isStorableText(value));
const isScalars = (value: unknown): boolean => isRecord(value) && Object.values(value).every(isScalar);
const isDigest = (value: unknown): boolean => typeof value === 'string' && /^[\da-f]{64}$/u.test(value);

const kinds: ReadonlySet<unknown> = new Set(['integer', 'number', 'boolean', 'text']);
const columnShape: Shape = { name: isString, type: isString, kind: (value) => kinds.has(value) };
const linkShape: Shape = {
  model: isString,
  schema: isString,
  table: isString,
  ownerColumns: isStrings,
  inverseColumns: isStrings,
};
const referenceShape: Shape = {
  ...{ name: isString, columns: isStrings, parent: isString, parentColumns: isStrings },
  when: (value) => value === undefined || (isRecord(value) && fits(value, { column: isString, value: isString })),
  inexact: (value) => value === undefined || value === true,
};
const isReference = (value: unknown): boolean =>
  isRecord(value) && fits({ when: undefined, inexact: undefined, ...value }, referenceShape);
const innerShape: Shape = {
  ...{ name: isString, columns: (value) => isStrings(value) && isOne(value), parent: isString },
  parentColumns: (value) => isStrings(value) && isOne(value),
  when: (value) => value === undefined || (isRecord(value) && fits(value, { column: isString, value: isString })),
};
const isInner = (value: unknown): boolean =>
  isRecord(value) && fits({ when: undefined, ...value }, innerShape) && isUnderstood(value, insideOf);
const isAbsentRule = (value: unknown): boolean =>
  value === 'keep' || value === 'null' || (isRecord(value) && fits(value, { value: isString }));
const isMention = (value: unknown): boolean =>
  isRecord(value) &&
  fits({ when: undefined, ...value }, { ...innerShape, absent: isAbsentRule }) &&
  isUnderstood(value, mentionedIn);
const entityShape: Shape = {
  schema: isString,
  table: isString,
  key: isStrings,
  columns: (value) => isRecord(value) && Object.values(value).every((column) => fits(column, columnShape)),
  links: (value) => isRecord(value) && Object.values(value).every((one) => fits(one, linkShape)),
  references: (value) => Array.isArray(value) && value.every(isReference),
  inner: (value) => value === undefined || (Array.isArray(value) && value.every(isInner)),
  mentions: (value) => value === undefined || (Array.isArray(value) && value.every(isMention)),
  naturalKey: (value) => value === undefined || isStrings(value),
  uniques: (value) => value === undefined || (Array.isArray(value) && value.every(isStrings)),
  nestedSet: (value) => value === undefined || (isRecord(value) && fits(value, { left: isString, right: isString })),
  materializedPath: (value) => value === undefined || isString(value),
};
/** What only some entities have. */
const noneOfEntity = {
  inner: undefined,
  mentions: undefined,
  naturalKey: undefined,
  uniques: undefined,
  nestedSet: undefined,
  materializedPath: undefined,
};
const headerShape: Shape = {
  entities: (value) =>
    isRecord(value) &&
    Object.values(value).every((entity) => isRecord(entity) && fits({ ...noneOfEntity, ...entity }, entityShape)),
  order: isStrings,
  seeds: isStrings,
  roots: isStrings,
  follow: isString,
  policy: (value) => value === null || isString(value),
  withheld: (value) => isRecord(value) && Object.values(value).every(isString),
  includedSecrets: isStrings,
};
const isOption = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  typeof value === 'number' ||
  value === 'given' ||
  (isRecord(value) && fits(value, { count: isCount }));
const isRecordOf =
  (isRight: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    isRecord(value) && Object.values(value).every(isRight);
/** What only some headers have. */
const optionalHeaderShape: Shape = {
  replaced: isStrings,
  secrets: isStrings,
  approvals: (value) =>
    isListOf({ sha256: isDigest })(value) &&
    (value as readonly { readonly name?: unknown }[]).every(({ name }) => name === undefined || isString(name)),
  profile: (value) => isRecord(value) && fits(value, { name: isString, options: isRecordOf(isOption) }),
  boundary: isRecordOf(isString),
  highlight: isRecordOf(isStrings),
};
const trailerShape: Shape = {
  objects: isCounts,
  links: isCounts,
  total: (value) => Number.isSafeInteger(value),
  external: isListOf({ model: isString, pk: (value) => isScalar(value) || isScalars(value), naturalKey: isScalars }),
  dangling: isListOf({ object: isString, reference: isString }),
  leftOut: isListOf({ model: isString, rule: isString, count: Number.isSafeInteger }),
  sha256: isDigest,
};
/** What only some trailers have. */
const optionalShape: Shape = {
  files: (value) => isRecord(value) && fits(value, { count: isCount, bytes: isCount }),
  parts: isListOf({ name: isString, bytes: isCount, sha256: isDigest }),
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
  const wrong = misfit(value, headerShape) ?? misfitting(value, optionalHeaderShape);
  if (wrong !== undefined)
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its header's ${wrong} is missing or not what it should be`);
  const told = value as unknown as ArchiveHeader;
  // Without a prototype: no model is there that is not told, whatever it is called.
  const header = { ...told, entities: Object.assign(Object.create(null) as ArchiveHeader['entities'], told.entities) };
  const faulty = header.order.find((model, at) => header.order.indexOf(model) !== at || !isWhole(header.entities[model]));
  if (faulty !== undefined)
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its header does not describe ${faulty} once and whole`);
  return header;
}

/** Where keys stand in values is said in one way, and in one that this version knows. */
function isUnderstood(
  { array, path, pattern }: Readonly<Record<string, unknown>>,
  insideIn: (said: Inside) => Inside | undefined,
): boolean {
  const isRight = (array === undefined || array === true) && [path, pattern].every((one) => one === undefined || isString(one));
  const inside = isRight ? insideIn({ array, path, pattern } as Inside) : undefined;
  if (inside === undefined) return false;
  try {
    keyFinder(inside, undefined);
    return true;
  } catch {
    return false;
  }
}

/** It has a key, of columns that it has, and no column twice. */
function isWhole(entity: ArchiveEntity | undefined): boolean {
  if (entity === undefined || entity.key.length === 0) return false;
  const columns = Object.values(entity.columns);
  const names = new Set(columns.map(({ name }) => name));
  return (
    names.size === columns.length && entity.key.every((name) => names.has(name)) && new Set(entity.key).size === entity.key.length
  );
}

/** @throws RefusedError ARCHIVE_DAMAGED */
export function checkTrailer(value: unknown, path: string): ArchiveTrailer {
  const wrong = misfit(value, trailerShape) ?? misfitting(value, optionalShape);
  if (wrong !== undefined)
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its trailer's ${wrong} is missing or not what it should be`);
  const trailer = value as ArchiveTrailer;
  if (!isSealed(trailer)) throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its trailer is not what its seal was made of`);
  return trailer;
}

/** A member that need not be there, and is not what it should be. */
function misfitting(value: unknown, shape: Shape): string | undefined {
  const there = isRecord(value) ? value : {};
  return Object.entries(shape).find(([member, isRight]) => Object.hasOwn(there, member) && !isRight(there[member]))?.[0];
}

/** Whoever writes more members than these writes a seal, too: one without is another member that was altered. */
function isSealed(trailer: ArchiveTrailer): boolean {
  if (trailer.seal === undefined) return Object.keys(trailer).every((member) => Object.hasOwn(trailerShape, member));
  try {
    return trailer.seal === sealOf(trailer);
  } catch {
    // Nested deeper than any that was written.
    return false;
  }
}

function fits(value: unknown, shape: Shape): boolean {
  return misfit(value, shape) === undefined;
}

function misfit(value: unknown, shape: Shape): string | undefined {
  if (!isRecord(value)) return 'value';
  return Object.entries(shape).find(([member, isRight]) => !Object.hasOwn(value, member) || !isRight(value[member]))?.[0];
}
