import type { Session } from '../dialect/session.js';
import { onDeleteNumbers } from './on-delete.js';
import { stateNumber } from './row-states.js';

const purpose = { what: 'decide what goes' };
const [survives, deleted, referenced] = [stateNumber('survives'), stateNumber('delete'), stateNumber('referenced')];
const { delete: takesAlong, nullify } = onDeleteNumbers;

/** Rounds in which it is noted what keeps a row: how far a path can be told. */
const toldRounds = 32;

/**
 * Decides what goes. From the seeds down, each reference that deletes takes its child along. What then is still referred to by a row that
 * stays is kept, and so is what that one needs in turn. By queries whose number does not depend on the rows.
 */
export async function settleRows(session: Session): Promise<void> {
  await session.query(
    `WITH RECURSIVE doomed(id) AS (
       SELECT id FROM pg_temp.portolan_row WHERE seed AND state = ${survives}
       UNION
       SELECT r.id FROM doomed d JOIN pg_temp.portolan_edge e ON e.parent = d.id AND e.action = ${String(takesAlong)}
         JOIN pg_temp.portolan_row r ON r.id = e.child AND r.state = ${survives}
     ) UPDATE pg_temp.portolan_row r SET state = ${deleted} FROM doomed d WHERE r.id = d.id`,
    [],
    purpose,
  );
  await lookAgain(session);
  await session.query(
    `UPDATE pg_temp.portolan_row SET state = ${referenced} WHERE state = ${deleted} AND outside IS NOT NULL`,
    [],
    purpose,
  );
  // Who is not deleted needs no reason.
  await session.query(
    `UPDATE pg_temp.portolan_row SET reference = NULL, outside = NULL WHERE state <> ${referenced} AND outside IS NOT NULL`,
    [],
    purpose,
  );
  for (let round = 0; round < toldRounds; round += 1) if ((await keepWhatIsNeeded(session)) === 0) break;
  await keepTheRest(session);
  await session.query(
    `UPDATE pg_temp.portolan_row c SET nullified = true FROM pg_temp.portolan_edge e JOIN pg_temp.portolan_row p ON p.id = e.parent
     WHERE e.child = c.id AND e.action = ${String(nullify)} AND p.state = ${deleted} AND c.state <> ${deleted}`,
    [],
    purpose,
  );
  await lookAgain(session);
}

/** The database still believes that hardly a row goes, and would take each through all keys of a table. */
async function lookAgain(session: Session): Promise<void> {
  await session.query('ANALYZE pg_temp.portolan_row', [], purpose);
}

/** Rows to which one refers that stays and keeps its reference; each is told by one of these. */
async function keepWhatIsNeeded(session: Session): Promise<number> {
  const [row] = await session.query(
    `WITH kept AS (
       UPDATE pg_temp.portolan_row p SET state = ${referenced}, by = k.child, reference = k.reference
       FROM (SELECT DISTINCT ON (e.parent) e.parent, e.child, e.reference FROM pg_temp.portolan_edge e
         JOIN pg_temp.portolan_row c ON c.id = e.child AND c.state <> ${deleted}
         WHERE e.action <> ${String(nullify)} ORDER BY e.parent, e.reference, e.child) k
       WHERE p.id = k.parent AND p.state = ${deleted} RETURNING 1
     ) SELECT count(*) FROM kept`,
    [],
    purpose,
  );
  return Number(row?.[0]);
}

/** Long chains of them. */
async function keepTheRest(session: Session): Promise<void> {
  await session.query(
    `WITH RECURSIVE kept(id) AS (
       SELECT id FROM pg_temp.portolan_row WHERE state = ${referenced}
       UNION
       SELECT p.id FROM kept k JOIN pg_temp.portolan_edge e ON e.child = k.id AND e.action <> ${String(nullify)}
         JOIN pg_temp.portolan_row p ON p.id = e.parent AND p.state = ${deleted}
     ) UPDATE pg_temp.portolan_row r SET state = ${referenced} FROM kept WHERE r.id = kept.id AND r.state = ${deleted}`,
    [],
    purpose,
  );
}
