import { RefusedError } from '../../errors/portolan-error.js';
import type { Session } from '../session.js';

/**
 * Refuses where a table that was read has another file than in the transaction's snapshot. No snapshot holds against TRUNCATE, nor
 * against an ALTER TABLE that writes the table anew: who comes later sees no rows at all. What was read once is locked against both,
 * so that this is to be asked after the last row.
 *
 * @throws RefusedError CONCURRENT_CHANGE
 */
export async function refuseRewritten(session: Session): Promise<void> {
  // pg_class is read as of the snapshot, the function tells what is now. Partitioned tables have no file.
  const rewritten = await session.query(
    `SELECT n.nspname, c.relname FROM pg_locks l
    JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relfilenode <> 0
      AND c.relfilenode <> pg_relation_filenode(c.oid)
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`,
    [],
    { what: 'look for tables that were rewritten' },
  );
  if (rewritten.length === 0) return;
  const names = [...new Set(rewritten.map(([schema, name]) => `${schema ?? ''}.${name ?? ''}`))].join(', ');
  throw new RefusedError(
    'CONCURRENT_CHANGE',
    `while the export ran, somebody emptied or rewrote ${names}: rows would be missing`,
    {
      hint: 'TRUNCATE, VACUUM FULL and some ALTER TABLE do that. No archive was finished. Run it again.',
    },
  );
}
