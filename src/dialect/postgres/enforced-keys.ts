import type { TableName } from '../../schema/schema.js';
import type { Session } from '../session.js';
import { arrayLiteral, quoteTable } from './sql.js';

/** A foreign key that the server enforces for rows of a table, and how all of them are held against it at once. */
export interface EnforcedKey {
  readonly constraint: string;
  /** The table that has the constraint: the one that was asked for, or a partition of it. */
  readonly child: TableName;
  readonly parent: TableName;
  /** The table whose partition the parent is, or the parent itself. */
  readonly parentRoot: TableName;
  /** Holds the rows that are referenced FOR KEY SHARE. */
  readonly lockSql: string;
  /** Counts the rows whose parent is not there. */
  readonly violationsSql: string;
  /** It compares more than equal values (PERIOD). */
  readonly temporal: boolean;
  /** Whether the role may read the columns of both ends, and no row security policy hides rows of them. */
  readonly readable: boolean;
  /** Whether the role may hold rows of the parent. */
  readonly lockable: boolean;
}

/** What the server does for each row that is inserted into a table, its partitions included. */
export interface EnforcedKeys {
  readonly table: TableName;
  readonly keys: readonly EnforcedKey[];
  /** What else than foreign keys is done by a trigger: triggers of the application, and constraints that can be deferred. */
  readonly triggers: readonly string[];
}

/** Tables by name, with all of their partitions as this transaction sees them. */
const written = `written(schema, name, oid) AS (
  SELECT n.nspname, c.relname, c.oid FROM unnest($1::text[], $2::text[]) u(schema, name)
    JOIN pg_namespace n ON n.nspname = u.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = u.name
  UNION ALL
  SELECT w.schema, w.name, c.oid FROM written w JOIN pg_inherits i ON i.inhparent = w.oid JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
)`;

/** INSERT is 4 in tgtype. The trigger behind a unique constraint that can be deferred is internal, as that of a foreign key is. */
const triggersSql = `WITH RECURSIVE ${written}
SELECT DISTINCT w.schema, w.name, coalesce(k.conname, t.tgname) COLLATE "C" FROM written w
JOIN pg_trigger t ON t.tgrelid = w.oid AND t.tgenabled <> 'D' AND (t.tgtype & 4) <> 0 AND t.tgfoid <> '"RI_FKey_check_ins"()'::regprocedure
LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
ORDER BY 1, 2, 3`;

/**
 * Compares as the constraint itself does, and as ALTER TABLE … ADD FOREIGN KEY looks through a table: by the constraint's operators, cast
 * to what they take, by the collation of the referenced column; under MATCH FULL a row that is NULL in part has no parent.
 */
function keysSql(version: number): string {
  const temporal = version >= 180000 ? 'k.conperiod' : 'false';
  const enforced = version >= 180000 ? 'k.conenforced' : 'true';
  const cast = (column: string, operand: string): string =>
    `CASE WHEN ${column}.atttypid <> o.${operand} THEN (SELECT format('::%I.%I', n.nspname, t.typname)
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = o.${operand}) ELSE '' END`;
  const readable = (table: string, schema: string, columns: string): string =>
    `has_schema_privilege(${schema}.oid, 'USAGE') AND NOT row_security_active(${table}.oid)
      AND (SELECT bool_and(has_column_privilege(${table}.oid, number, 'SELECT')) FROM unnest(${columns}) number)`;
  return `WITH RECURSIVE ${written}
SELECT w.schema, w.name, k.conname, cn.nspname, c.relname, c.relkind, pn.nspname, p.relname, p.relkind, rn.nspname, r.relname,
  (SELECT string_agg(format('pk.%I%s OPERATOR(%I.%s) fk.%I%s%s', pa.attname, ${cast('pa', 'oprleft')}, n.nspname, o.oprname, fa.attname, ${cast('fa', 'oprright')},
      CASE WHEN pa.attcollation NOT IN (0, fa.attcollation) THEN (SELECT format(' COLLATE %I.%I', s.nspname, l.collname)
        FROM pg_collation l JOIN pg_namespace s ON s.oid = l.collnamespace WHERE l.oid = pa.attcollation) ELSE '' END), ' AND ' ORDER BY u.place)
    FROM unnest(k.confkey, k.conkey, k.conpfeqop) WITH ORDINALITY u(pk, fk, operator, place)
    JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = u.pk JOIN pg_attribute fa ON fa.attrelid = k.conrelid AND fa.attnum = u.fk
    JOIN pg_operator o ON o.oid = u.operator JOIN pg_namespace n ON n.oid = o.oprnamespace),
  (SELECT string_agg(format('fk.%I IS NOT NULL', a.attname), CASE k.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END ORDER BY u.place)
    FROM unnest(k.conkey) WITH ORDINALITY u(number, place) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number),
  ${temporal}, ${readable('c', 'cn', 'k.conkey')} AND ${readable('p', 'pn', 'k.confkey')}, has_any_column_privilege(p.oid, 'UPDATE')
FROM written w JOIN pg_constraint k ON k.conrelid = w.oid AND k.contype = 'f' AND ${enforced}
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
JOIN pg_class r ON r.oid = CASE WHEN p.relispartition THEN pg_partition_root(p.oid)::oid ELSE p.oid END JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_constraint above JOIN written o ON o.oid = above.conrelid
  WHERE above.oid = k.conparentid AND (o.schema, o.name) = (w.schema, w.name))
ORDER BY w.schema COLLATE "C", w.name COLLATE "C", cn.nspname COLLATE "C", c.relname COLLATE "C", k.conname COLLATE "C"`;
}

/** In the order of the tables; what partitions repeat of a constraint of their table is not told again. */
export async function readEnforcedKeys(session: Session, tables: readonly TableName[]): Promise<readonly EnforcedKeys[]> {
  const names = namesOf(tables);
  const triggers = await session.query(triggersSql, names);
  const keys = await session.query(keysSql(session.server.version), names);
  return tables.map((table) => {
    const isOfTable = ([schema, name]: readonly (string | null)[]): boolean => schema === table.schema && name === table.name;
    return {
      table,
      keys: keys.filter(isOfTable).map((row) => enforcedKey(row.map((text) => text ?? ''))),
      triggers: triggers.filter(isOfTable).map(([, , name]) => name ?? ''),
    };
  });
}

function enforcedKey(texts: readonly string[]): EnforcedKey {
  const [constraint = '', childSchema = '', childName = '', childKind = '', schema = '', name = '', kind = ''] = texts.slice(2);
  const [rootSchema = '', rootName = '', conditions = '', present = '', temporal, readable, lockable] = texts.slice(9);
  const child = { schema: childSchema, name: childName };
  const parent = { schema, name };
  // Foreign keys do not see the rows of tables that inherit.
  const from = (table: TableName, its: string): string => `${its === 'p' ? '' : 'ONLY '}${quoteTable(table)}`;
  const children = `${from(child, childKind)} fk`;
  const parents = `${from(parent, kind)} pk`;
  return {
    ...{ constraint, child, parent, parentRoot: { schema: rootSchema, name: rootName } },
    lockSql: `SELECT count(*) FROM (SELECT 1 FROM ${parents} WHERE EXISTS (SELECT 1 FROM ${children} WHERE ${conditions}) FOR KEY SHARE OF pk) held`,
    violationsSql: `SELECT count(*) FROM ${children} WHERE (${present}) AND NOT EXISTS (SELECT 1 FROM ${parents} WHERE ${conditions})`,
    ...{ temporal: temporal === 't', readable: readable === 't', lockable: lockable === 't' },
  };
}

/**
 * Those of some tables that have other partitions by now than in this transaction's snapshot: a function tells what is, pg_inherits is read
 * as it was.
 */
export async function repartitioned(session: Session, tables: readonly TableName[]): Promise<readonly TableName[]> {
  const rows = await session.query(
    `WITH RECURSIVE ${written}
SELECT DISTINCT w.schema, w.name FROM written w JOIN pg_class c ON c.oid = w.oid AND c.relkind = 'p', pg_partition_tree(c.oid) now
WHERE NOT EXISTS (SELECT FROM written o WHERE o.oid = now.relid AND (o.schema, o.name) = (w.schema, w.name))`,
    namesOf(tables),
  );
  return rows.map(([schema, name]) => ({ schema: schema ?? '', name: name ?? '' }));
}

function namesOf(tables: readonly TableName[]): readonly string[] {
  return [arrayLiteral(tables.map(({ schema }) => schema)), arrayLiteral(tables.map(({ name }) => name))];
}
