import type { Session, TextRow } from '../session.js';

/** What the catalog says of ordinary and partitioned tables, in a fixed number of queries. */
export interface Catalog {
  readonly tables: readonly CatalogTable[];
  readonly columns: readonly CatalogColumn[];
  readonly constraints: readonly CatalogForeignKey[];
  readonly indexes: readonly CatalogIndex[];
  readonly triggers: readonly { readonly table: string; readonly name: string }[];
}

export interface CatalogTable {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** `r` table, `p` partitioned, `v` view, `m` materialized view, `f` foreign table. */
  readonly kind: string;
  readonly isPartition: boolean;
  readonly estimatedRows: number;
}

export interface CatalogColumn {
  readonly table: string;
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly lookupType: string;
  /** Of the type under any domains: category, name and schema in pg_type. */
  readonly category: string;
  readonly baseType: string;
  readonly baseSchema: string;
  readonly equality: string;
  readonly deterministic: boolean;
  readonly nullable: boolean;
  readonly default: string | undefined;
  readonly generated: boolean;
  readonly identity: 'always' | 'by default' | undefined;
  readonly sequence: { readonly schema: string; readonly name: string } | undefined;
}

export interface CatalogForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly number[];
  readonly parent: string;
  readonly parentColumns: readonly number[];
  readonly deferrable: boolean;
  readonly validated: boolean;
}

export interface CatalogIndex {
  readonly table: string;
  readonly name: string;
  readonly primary: boolean;
  /** Column numbers; 0 for an expression. */
  readonly columns: readonly number[];
  readonly parts: readonly string[];
  readonly predicate: string | undefined;
  readonly nullsNotDistinct: boolean;
  readonly deferrable: boolean;
  readonly immediate: boolean;
}

const userSchemas = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(temp|toast_temp)_'";

const tablesSql = `
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.reltuples::bigint
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${userSchemas} ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** Domains are followed to the type under them; the equality operator is that of the type's default btree or hash class. */
const columnsSql = `
WITH RECURSIVE base(oid, root) AS (
  SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT t.oid, b.root FROM pg_type t JOIN base b ON b.oid = t.typbasetype WHERE t.typtype = 'd'
)
SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1),
  b.typcategory, b.typname, bn.nspname,
  (SELECT CASE WHEN opn.nspname = 'pg_catalog' THEN NULL ELSE 'OPERATOR(' || quote_ident(opn.nspname) || '.' || o.oprname || ')' END
     FROM pg_opclass oc JOIN pg_am am ON am.oid = oc.opcmethod
     JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = b.oid AND ao.amoprighttype = b.oid
       AND ao.amopstrategy = CASE am.amname WHEN 'btree' THEN 3 ELSE 1 END
     JOIN pg_operator o ON o.oid = ao.amopopr JOIN pg_namespace opn ON opn.oid = o.oprnamespace
    WHERE oc.opcintype = b.oid AND oc.opcdefault AND am.amname IN ('btree', 'hash') ORDER BY am.amname LIMIT 1),
  coalesce(co.collisdeterministic, true), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity,
  coalesce(own.nspname, def.nspname), coalesce(own.relname, def.relname)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN base ON base.oid = a.atttypid JOIN pg_type b ON b.oid = base.root JOIN pg_namespace bn ON bn.oid = b.typnamespace
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN LATERAL (SELECT sn.nspname, s.relname FROM pg_depend x JOIN pg_class s ON s.oid = x.objid AND s.relkind = 'S'
    JOIN pg_namespace sn ON sn.oid = s.relnamespace
    WHERE x.classid = 'pg_class'::regclass AND x.refclassid = 'pg_class'::regclass AND x.refobjid = a.attrelid AND x.refobjsubid = a.attnum
      AND x.deptype IN ('a', 'i') ORDER BY x.deptype DESC LIMIT 1) own ON true
LEFT JOIN LATERAL (SELECT sn.nspname, s.relname FROM pg_depend x JOIN pg_class s ON s.oid = x.refobjid AND s.relkind = 'S'
    JOIN pg_namespace sn ON sn.oid = s.relnamespace
    WHERE x.classid = 'pg_attrdef'::regclass AND x.objid = d.oid AND x.refclassid = 'pg_class'::regclass LIMIT 1) def ON true
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND ${userSchemas}
ORDER BY a.attrelid, a.attnum`;

const foreignKeysSql = `
SELECT k.conname, k.conrelid, k.conkey, k.confrelid, k.confkey, k.condeferrable, k.convalidated
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND ${userSchemas} ORDER BY k.conrelid, k.conname COLLATE "C"`;

function indexesSql(version: number): string {
  return `
SELECT i.indrelid, c.relname, i.indisprimary, i.indkey::int2[], i.indnkeyatts,
  ARRAY(SELECT pg_get_indexdef(i.indexrelid, p, true) FROM generate_series(1, i.indnkeyatts) p ORDER BY p),
  pg_get_expr(i.indpred, i.indrelid, true), ${version >= 150000 ? 'i.indnullsnotdistinct' : 'false'}, coalesce(k.condeferrable, false), i.indimmediate
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
WHERE i.indisunique AND i.indisvalid AND ${userSchemas} ORDER BY i.indrelid, c.relname COLLATE "C"`;
}

/** INSERT 4, UPDATE 16 in tgtype; a disabled trigger does not fire. */
const triggersSql = `
SELECT t.tgrelid, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND (t.tgtype & 20) <> 0 AND ${userSchemas} ORDER BY t.tgrelid, t.tgname COLLATE "C"`;

export async function readCatalog(session: Session): Promise<Catalog> {
  const tables = (await session.query(tablesSql)).map(toTable);
  const columns = (await session.query(columnsSql)).map(toColumn);
  const constraints = (await session.query(foreignKeysSql)).map(toForeignKey);
  const indexes = (await session.query(indexesSql(session.server.version))).map(toIndex);
  const triggers = (await session.query(triggersSql)).map(([table, name]) => ({ table: text(table), name: text(name) }));
  return { tables, columns, constraints, indexes, triggers };
}

function toTable([oid, schema, name, kind, partition, rows]: TextRow): CatalogTable {
  return { oid: text(oid), schema: text(schema), name: text(name), kind: text(kind), isPartition: partition === 't', estimatedRows: Number(rows) };
}

function toColumn(row: TextRow): CatalogColumn {
  const [table, number, name, type, bare, category, baseType, baseSchema, equality, deterministic, notNull, expression, generated, identity, sequenceSchema, sequence] = row;
  return {
    table: text(table),
    number: Number(number),
    name: text(name),
    type: text(type),
    lookupType: integerTypes.has(text(baseType)) && baseSchema === 'pg_catalog' ? 'bigint' : text(bare),
    category: text(category),
    baseType: text(baseType),
    baseSchema: text(baseSchema),
    equality: equality ?? '=',
    deterministic: deterministic === 't',
    nullable: notNull === 'f',
    default: generated === '' ? (expression ?? undefined) : undefined,
    generated: generated !== '',
    identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : undefined,
    sequence:
      sequence === null || sequence === undefined ? undefined : { schema: text(sequenceSchema), name: sequence },
  };
}

export const integerTypes: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

function toForeignKey([name, table, columns, parent, parentColumns, deferrable, validated]: TextRow): CatalogForeignKey {
  return {
    name: text(name),
    table: text(table),
    columns: numbers(columns),
    parent: text(parent),
    parentColumns: numbers(parentColumns),
    deferrable: deferrable === 't',
    validated: validated === 't',
  };
}

function toIndex([table, name, primary, columns, count, parts, predicate, nullsNotDistinct, deferrable, immediate]: TextRow): CatalogIndex {
  return {
    table: text(table),
    name: text(name),
    primary: primary === 't',
    columns: numbers(columns).slice(0, Number(count)),
    parts: parseArray(text(parts)),
    predicate: predicate ?? undefined,
    nullsNotDistinct: nullsNotDistinct === 't',
    deferrable: deferrable === 't',
    immediate: immediate === 't',
  };
}

function text(value: string | null | undefined): string {
  return value ?? '';
}

/** `{1,2}` or `[0:1]={1,2}`. */
function numbers(array: string | null | undefined): readonly number[] {
  const body = text(array).replace(/^.*\{/u, '').replace('}', '');
  return body === '' ? [] : body.split(',').map(Number);
}

/** A one-dimensional array of texts without NULL. */
export function parseArray(array: string): readonly string[] {
  const values: string[] = [];
  for (const match of array.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gsu)) {
    values.push(match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(.)/gsu, '$1'));
  }
  return values;
}
