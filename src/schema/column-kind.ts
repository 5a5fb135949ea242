import type { CatalogColumn } from '../dialect/postgres/catalog.js';
import type { ValueKind } from './schema.js';

const integers: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'oid']);
const numbers: ReadonlySet<string> = new Set(['float4', 'float8', 'numeric']);
/** Types whose values are equal exactly when their texts are, in a session that is pinned. */
const exactTypes: ReadonlySet<string> = new Set(
  'bool int2 int4 int8 oid text varchar name char uuid date time timestamp timestamptz bytea inet cidr macaddr macaddr8 bit varbit xid8 pg_lsn'.split(' '),
);

export function valueKind(column: Pick<CatalogColumn, 'baseType' | 'baseSchema'>): ValueKind {
  if (column.baseSchema !== 'pg_catalog') return 'text';
  if (integers.has(column.baseType)) return 'integer';
  if (numbers.has(column.baseType)) return 'number';
  return column.baseType === 'bool' ? 'boolean' : 'text';
}

export function comparesExactly(column: Pick<CatalogColumn, 'baseType' | 'baseSchema' | 'category' | 'deterministic'>): boolean {
  if (column.category === 'E') return true;
  return column.baseSchema === 'pg_catalog' && exactTypes.has(column.baseType) && column.deterministic;
}
