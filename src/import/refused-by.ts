import type { ConstraintError } from '../dialect/postgres/database-error.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';

/** The table and the constraint that refused a row, as the schema knows them. */
export interface RefusedBy {
  readonly table: string | undefined;
  readonly constraint: string | undefined;
}

/** A partition refuses in its own name, and in that of its own index: asked when the transaction is over, since it takes no question any more. */
export async function refusedBy(session: PinnedSession, { table, constraint }: ConstraintError): Promise<RefusedBy> {
  await session.rollback();
  const [row] = await session.query(
    `SELECT rs.nspname || '.' || r.relname, coalesce(ir.relname, $2)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace AND s.nspname || '.' || c.relname = $1
     JOIN pg_catalog.pg_class r ON r.oid = pg_catalog.pg_partition_root(c.oid) JOIN pg_catalog.pg_namespace rs ON rs.oid = r.relnamespace
     LEFT JOIN pg_catalog.pg_class i ON i.relname = $2 AND i.relnamespace = c.relnamespace AND i.relkind = 'i'
     LEFT JOIN pg_catalog.pg_class ir ON ir.oid = pg_catalog.pg_partition_root(i.oid)
     WHERE c.relispartition`,
    [table ?? '', constraint ?? ''],
    { what: 'read the catalog: what refused' },
  );
  return row === undefined ? { table, constraint } : { table: row[0] ?? table, constraint: row[1] ?? constraint };
}
