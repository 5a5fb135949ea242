import type { CatalogColumn } from '../dialect/postgres/catalog.js';
import type { Inside } from '../inside/inside.js';
import type { IdType, ValueKind } from './schema.js';

const integers: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'oid']);
const numbers: ReadonlySet<string> = new Set(['float4', 'float8', 'numeric']);
/** Types whose values are equal exactly when their texts are, in a session that is pinned. */
const exactTypes: ReadonlySet<string> = new Set(
  'bool int2 int4 int8 oid text varchar name char uuid date time timestamp timestamptz bytea inet cidr macaddr macaddr8 bit varbit xid8 pg_lsn'.split(
    ' ',
  ),
);
/** Types of one family have operators among one another. */
const families: readonly ReadonlySet<string>[] = [
  new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']),
  new Set(['text', 'varchar', 'bpchar', 'name']),
  new Set(['date', 'timestamp', 'timestamptz']),
];
/** Types of one group write equal values alike. */
const sameTexts: readonly ReadonlySet<string>[] = [new Set(['int2', 'int4', 'int8']), new Set(['text', 'varchar'])];
const texts: ReadonlySet<string> = new Set(['text', 'varchar']);
const jsons: ReadonlySet<string> = new Set(['json', 'jsonb']);
const ids: readonly IdType[] = ['int2', 'int4', 'int8', 'uuid'];

type TypeFacts = Pick<CatalogColumn, 'baseType' | 'baseSchema'>;
type ExactFacts = Pick<CatalogColumn, 'category' | 'deterministic'>;

export function valueKind(column: TypeFacts): ValueKind {
  if (column.baseSchema !== 'pg_catalog') return 'text';
  if (integers.has(column.baseType)) return 'integer';
  if (numbers.has(column.baseType)) return 'number';
  return column.baseType === 'bool' ? 'boolean' : 'text';
}

export function comparesExactly(column: TypeFacts & Pick<CatalogColumn, 'category' | 'deterministic'>): boolean {
  if (column.category === 'E') return true;
  return column.baseSchema === 'pg_catalog' && exactTypes.has(column.baseType) && column.deterministic;
}

/** Whether `=` between the two is an operator of the database. */
export function areComparable(a: TypeFacts, b: TypeFacts): boolean {
  return isSameType(a, b) || inOne(families, a, b);
}

/** Whether equal values of the two have equal texts, where both compare exactly. */
export function writeAlike(a: TypeFacts, b: TypeFacts): boolean {
  return isSameType(a, b) || inOne(sameTexts, a, b);
}

/** The type of ids whose texts a column can hold: ids of several types in one column. */
export function idsAsText(text: TypeFacts & Pick<CatalogColumn, 'deterministic'>, other: TypeFacts): IdType | undefined {
  if (text.baseSchema !== 'pg_catalog' || other.baseSchema !== 'pg_catalog' || !text.deterministic) return undefined;
  return texts.has(text.baseType) ? ids.find((type) => type === other.baseType) : undefined;
}

/** Whether a value of the one column can be a value of the other, written alike: integers of any size, UUIDs, text. */
export function wholeKeys(value: TypeFacts & ExactFacts, other: TypeFacts & ExactFacts): boolean {
  if (!comparesExactly(value) || !comparesExactly(other)) return false;
  const isKey = texts.has(other.baseType) || ids.some((type) => type === other.baseType);
  return isKey && (inOne(sameTexts, value, other) || isSameType(value, other) || texts.has(value.baseType));
}

/** Whether keys can stand so inside a value of the one column, and be values of the other. */
export function keysInside(
  inside: Inside,
  value: TypeFacts & Pick<CatalogColumn, 'category' | 'elementType' | 'elementSchema'>,
  other: TypeFacts & Pick<CatalogColumn, 'category' | 'deterministic' | 'type'>,
): boolean {
  if (value.baseSchema !== 'pg_catalog' || other.baseSchema !== 'pg_catalog' || !comparesExactly(other)) return false;
  const isText = texts.has(value.baseType);
  // A domain over UUIDs is told by its own name.
  const isKey =
    texts.has(other.baseType) ||
    (ids.some((type) => type === other.baseType) && (other.baseType !== 'uuid' || other.type === 'uuid'));
  if (!isKey) return false;
  if (inside.array === undefined) return isText || (inside.path !== undefined && jsons.has(value.baseType));
  const element = { baseType: value.elementType, baseSchema: value.elementSchema };
  return (
    value.category === 'A' && (inOne(sameTexts, element, other) || isSameType(element, other) || texts.has(element.baseType))
  );
}

function isSameType(a: TypeFacts, b: TypeFacts): boolean {
  return a.baseType === b.baseType && a.baseSchema === b.baseSchema;
}

function inOne(groups: readonly ReadonlySet<string>[], a: TypeFacts, b: TypeFacts): boolean {
  if (a.baseSchema !== 'pg_catalog' || b.baseSchema !== 'pg_catalog') return false;
  return groups.some((group) => group.has(a.baseType) && group.has(b.baseType));
}
