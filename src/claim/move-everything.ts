import { tableId } from '../changes/row-counts.js';
import { setPath } from '../import/set-path.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { ownRows } from '../dialect/postgres/sql.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Schema } from '../schema/schema.js';
import type { ClaimedRows } from './claimed-rows.js';
import { hasKey } from './claimed-rows.js';
import { stageInsideValues, writeInsideValues } from './follow-inside-values.js';
import { countReferring, dropLinksInCommon, moveReference, refuseFollowers } from './move-references.js';
import type { TouchedRows } from './touched-rows.js';
import { stageTouched } from './touched-rows.js';

export interface Moved {
  readonly moved: Readonly<Record<string, number>>;
  readonly stayed: Readonly<Record<string, number>>;
  readonly linksInCommon: Readonly<Record<string, number>>;
  /** Rows that went, by table. */
  readonly gone: ReadonlyMap<string, number>;
  /** As they were, where that was asked. */
  readonly touched: readonly TouchedRows[];
}

interface MoveOptions {
  readonly session: PinnedSession;
  readonly schema: Schema;
  readonly rows: ClaimedRows;
  /** Whether somebody will ask what was done to each row. */
  readonly keeps: boolean;
  readonly findings: Findings;
}

/** Lets everything that leads to the placeholder lead to the object, and deletes the placeholder. @throws RefusedError CLAIM_COLLIDES */
export async function moveEverything({ session, schema, rows, keeps, findings }: MoveOptions): Promise<Moved> {
  const { entity } = rows;
  const moved: Record<string, number> = {};
  const linksInCommon: Record<string, number> = {};
  const gone = new Map([[tableId(entity.table), 1]]);
  const references = schema.references.filter(({ parent }) => parent === entity.model);
  const inside = await stageInsideValues(session, schema, rows);
  for (const reference of references) await refuseFollowers(session, schema, reference, rows);
  const touched = keeps ? await stageTouched(session, schema, rows, inside.columns) : [];
  // Functions of the application name tables as its connections find them.
  await setPath(session, session.server.searchPath);
  await writeInsideValues(session, inside);
  for (const link of schema.links)
    for (const end of [link.owner, link.inverse].filter(({ parent }) => parent === entity.model)) {
      const count = await dropLinksInCommon(session, schema, link, end, rows);
      if (count === 0) continue;
      const table = tableId(entityNamed(schema, link.through).table);
      linksInCommon[table] = (linksInCommon[table] ?? 0) + count;
      gone.set(table, (gone.get(table) ?? 0) + count);
    }
  for (const reference of references) {
    const count = await moveReference(session, schema, reference, rows);
    if (count > 0) moved[reference.name] = count;
  }
  for (const reference of references)
    if ((await countReferring(session, schema, reference, rows)) > 0)
      throw new FailedError('VERIFY_FAILED', `${reference.name}: rows still refer to the placeholder`, {
        hint: 'Nothing was committed. A trigger or a rule of the database changed them back.',
      });
  await session.query(`DELETE FROM ${ownRows(entity)} WHERE ${hasKey(entity, rows.placeholder)}`, [], {
    what: 'delete the placeholder',
    table: entity.table,
  });
  // What is checked, or done, at the commit is so before anybody is told.
  await session.query('SET CONSTRAINTS ALL IMMEDIATE');
  await setPath(session, '');
  for (const [name, count] of inside.moved) moved[name] = (moved[name] ?? 0) + count;
  const stayed = Object.fromEntries([...inside.stayed].sort(([one], [other]) => (one < other ? -1 : 1)));
  for (const [name, count] of Object.entries(stayed))
    findings.warn(
      'mention-kept',
      name,
      `mentions the placeholder in ${String(count)} ${count === 1 ? 'row' : 'rows'} where the object's key cannot be written: the old key stays, and leads nowhere`,
    );
  return { moved, stayed, linksInCommon, gone, touched };
}
