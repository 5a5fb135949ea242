/** One statement that describes the tables of `public` in the structure of the shared `schema.json`, as one JSON document. */
export const describeTablesSql = `
WITH tables AS (
  SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
), con AS (
  SELECT k.*, CASE WHEN k.condeferred THEN 'INITIALLY DEFERRED' WHEN k.condeferrable THEN 'INITIALLY IMMEDIATE' END AS deferral,
    (SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(k.conkey) WITH ORDINALITY u(num, n)
       JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num) AS names,
    (SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(k.confkey) WITH ORDINALITY u(num, n)
       JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num) AS targets
  FROM pg_constraint k
)
SELECT json_build_object('tables', json_agg(json_build_object(
  'name', t.relname,
  'columns', (SELECT json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid),
      'identity', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END,
      'sequence', (SELECT s.relname FROM pg_class s WHERE s.oid = pg_get_serial_sequence(t.oid::regclass::text, a.attname)::regclass)
    ) ORDER BY a.attnum)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'primary_key', (SELECT json_build_object('name', conname, 'columns', names) FROM con WHERE conrelid = t.oid AND contype = 'p'),
  'unique', (SELECT coalesce(json_agg(json_build_object('name', conname, 'columns', names, 'deferrable', deferral)
      ORDER BY conname), '[]') FROM con WHERE conrelid = t.oid AND contype = 'u'),
  'checks', (SELECT coalesce(json_agg(json_build_object('name', conname, 'definition', pg_get_constraintdef(oid))
      ORDER BY conname), '[]') FROM con WHERE conrelid = t.oid AND contype = 'c'),
  'indexes', (SELECT coalesce(json_agg(json_build_object('name', i.relname, 'unique', x.indisunique, 'method', m.amname,
      'definition', replace(pg_get_indexdef(x.indexrelid), ' ON public.', ' ON ')) ORDER BY i.relname), '[]')
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
    WHERE x.indrelid = t.oid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.conrelid = t.oid)),
  'foreign_keys', (SELECT coalesce(json_agg(json_build_object('name', conname, 'columns', names,
      'table', confrelid::regclass::text, 'target_columns', targets, 'deferrable', deferral,
      'on_delete', CASE confdeltype WHEN 'a' THEN 'NO ACTION' ELSE confdeltype::text END,
      'on_update', CASE confupdtype WHEN 'a' THEN 'NO ACTION' ELSE confupdtype::text END) ORDER BY conname), '[]')
    FROM con WHERE conrelid = t.oid AND contype = 'f')
) ORDER BY t.relname)) AS document FROM tables t`;
