const userSchemas = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(temp|toast_temp)_'";

export const tablesSql = `
SELECT c.oid, n.nspname, c.relname, c.relkind, CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid END, c.reltuples::bigint,
  ARRAY(SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = c.oid AND NOT c.relispartition),
  ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND m.amname IN ('btree', 'hash'))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${userSchemas} ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/**
 * Domains are followed to the type under them; the equality operator is that of the type's default btree or hash class. A composite type's
 * parts are told with their types.
 */
export const columnsSql = `
WITH RECURSIVE base(oid, root, required) AS (
  SELECT oid, oid, false FROM pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT t.oid, b.root, b.required OR t.typnotnull FROM pg_type t JOIN base b ON b.oid = t.typbasetype WHERE t.typtype = 'd'
), sequence AS (
  SELECT s.oid, s.relname AS name, n.nspname AS schema FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace WHERE s.relkind = 'S'
), owned AS (
  SELECT DISTINCT ON (x.refobjid, x.refobjsubid) x.refobjid, x.refobjsubid, s.name, s.schema
  FROM sequence s JOIN pg_depend x ON x.objid = s.oid AND x.classid = 'pg_class'::regclass
  WHERE x.refclassid = 'pg_class'::regclass AND x.deptype IN ('a', 'i') ORDER BY x.refobjid, x.refobjsubid, x.deptype DESC, s.oid
), named AS (
  SELECT DISTINCT ON (x.objid) x.objid, s.name, s.schema
  FROM sequence s JOIN pg_depend x ON x.refobjid = s.oid AND x.refclassid = 'pg_class'::regclass
  WHERE x.classid = 'pg_attrdef'::regclass ORDER BY x.objid, s.oid
)
SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), format_type(b.oid, -1),
  b.typcategory, b.typname, bn.nspname, e.typname, en.nspname, e.typtype,
  CASE WHEN bn.nspname <> 'pg_catalog' THEN
    (SELECT CASE WHEN opn.nspname = 'pg_catalog' THEN NULL ELSE 'OPERATOR(' || quote_ident(opn.nspname) || '.' || o.oprname || ')' END
       FROM pg_opclass oc JOIN pg_am am ON am.oid = oc.opcmethod
       JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = b.oid AND ao.amoprighttype = b.oid
         AND ao.amopstrategy = CASE am.amname WHEN 'btree' THEN 3 ELSE 1 END
       JOIN pg_operator o ON o.oid = ao.amopopr JOIN pg_namespace opn ON opn.oid = o.oprnamespace
      WHERE oc.opcintype = b.oid AND oc.opcdefault AND am.amname IN ('btree', 'hash') ORDER BY am.amname LIMIT 1) END,
  coalesce(co.collisdeterministic, true),
  CASE WHEN co.collname <> 'default' THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END, a.attnotnull OR base.required,
  coalesce(pg_get_expr(d.adbin, d.adrelid), (SELECT pg_get_expr(y.typdefaultbin, 0) FROM pg_type y WHERE y.oid = a.atttypid AND y.typtype = 'd')), a.attgenerated, a.attidentity,
  coalesce(own.schema, def.schema), coalesce(own.name, def.name),
  CASE WHEN e.typtype = 'c' THEN ARRAY(
    WITH RECURSIVE part(name, type) AS (
      SELECT ''::name, e.oid
      UNION SELECT m.attname, coalesce(me.root, mb.oid)
      FROM part JOIN pg_type p ON p.oid = part.type JOIN pg_attribute m ON m.attrelid = p.typrelid AND m.attnum > 0 AND NOT m.attisdropped
      JOIN base mt ON mt.oid = m.atttypid JOIN pg_type mb ON mb.oid = mt.root LEFT JOIN base me ON me.oid = mb.typelem AND mb.typcategory = 'A'
    ) SELECT CASE t.typtype WHEN 'c' THEN 'record' ELSE t.typname END || ' ' || part.name
    FROM part JOIN pg_type t ON t.oid = part.type WHERE part.name <> '' ORDER BY part.name COLLATE "C") END
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN base ON base.oid = a.atttypid JOIN pg_type b ON b.oid = base.root JOIN pg_namespace bn ON bn.oid = b.typnamespace
LEFT JOIN base element ON element.oid = b.typelem AND b.typcategory = 'A'
JOIN pg_type e ON e.oid = coalesce(element.root, b.oid) JOIN pg_namespace en ON en.oid = e.typnamespace
LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN owned own ON own.refobjid = a.attrelid AND own.refobjsubid = a.attnum
LEFT JOIN named def ON def.objid = d.oid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND ${userSchemas}
ORDER BY a.attrelid, a.attnum`;

/** Constraints that a partition inherits have a parent, and are not read; PG18 knows temporal ones and those that are not enforced. */
export function foreignKeysSql(version: number): string {
  const temporal = version >= 180000 ? 'k.conperiod' : 'false';
  const names = (
    table: string,
    columns: string,
  ): string => `ARRAY(SELECT a.attname::text FROM unnest(${columns}) WITH ORDINALITY u(number, place)
    JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = u.number
    WHERE NOT ${temporal} OR u.place < cardinality(${columns}) ORDER BY u.place)`;
  const root = (table: string): string =>
    `CASE WHEN ${table}.relispartition THEN pg_partition_root(${table}.oid)::oid ELSE ${table}.oid END`;
  return `
SELECT k.conname, ${root('c')}, ${names('k.conrelid', 'k.conkey')}, ${root('p')}, ${names('k.confrelid', 'k.confkey')},
  k.condeferrable, k.convalidated AND NOT c.relispartition AND NOT p.relispartition, k.confmatchtype = 'f', ${temporal}
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class p ON p.oid = k.confrelid
WHERE k.contype = 'f' AND k.conparentid = 0 AND ${userSchemas}
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", k.conname COLLATE "C"`;
}

export function indexesSql(version: number): string {
  // An index may compare by another collation than its column's.
  const collation = `SELECT ' COLLATE ' || quote_ident(ns.nspname) || '.' || quote_ident(co.collname)
    FROM pg_collation co JOIN pg_namespace ns ON ns.oid = co.collnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p - 1] AND a.attnum > 0
    WHERE co.oid = i.indcollation[p - 1] AND co.oid <> coalesce(a.attcollation, 'pg_catalog."default"'::regcollation)`;
  return `
SELECT i.indrelid, c.relname, i.indisprimary, i.indkey::int2[], i.indnkeyatts,
  ARRAY(SELECT pg_get_indexdef(i.indexrelid, p, true) || coalesce((${collation}), '') FROM generate_series(1, i.indnkeyatts) p ORDER BY p),
  pg_get_expr(i.indpred, i.indrelid, true), ${version >= 150000 ? 'i.indnullsnotdistinct' : 'false'}, coalesce(k.condeferrable, false), i.indimmediate, i.indisunique,
  ARRAY(SELECT format('OPERATOR(%I.%s)', ns.nspname, o.oprname) FROM unnest(k.conexclop) WITH ORDINALITY x(operator, place)
    JOIN pg_operator o ON o.oid = x.operator JOIN pg_namespace ns ON ns.oid = o.oprnamespace ORDER BY x.place)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
WHERE (i.indisunique OR i.indisexclusion) AND i.indisvalid AND ${userSchemas} ORDER BY i.indrelid, c.relname COLLATE "C"`;
}

/** INSERT 4, UPDATE 16 in tgtype; a disabled trigger does not fire, nor one for replicas. Those of a partition stand here as its root's. */
export const triggersSql = `
SELECT CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND (t.tgtype & 20) <> 0 AND ${userSchemas} GROUP BY 1, 2 ORDER BY 1, t.tgname COLLATE "C"`;

/** What the session had before it was pinned: the role's, the database's or the connection's own setting. */
export const searchPathSql = "SELECT reset_val, session_user FROM pg_settings WHERE name = 'search_path'";
