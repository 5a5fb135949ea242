import type { DataSource } from 'typeorm';
import { countChangedRows, proveNothingElseGone, tableId } from '../changes/row-counts.js';
import { innerValue, stageInner } from '../changes/stage-inner.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { seedLookup } from '../dialect/postgres/seed-lookup.js';
import { openWriteSession } from '../dialect/postgres/session.js';
import { settleCommit } from '../dialect/postgres/settle-commit.js';
import { ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import { FailedError, RefusedError, UsageError } from '../errors/portolan-error.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { setPath } from '../import/set-path.js';
import { mergePolicy } from '../policy/merge-policy.js';
import { buildSchema } from '../schema/build-schema.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Entity, Schema } from '../schema/schema.js';
import { findSeeds } from '../seeds/find-seeds.js';
import { keyTexts } from '../closure/key.js';
import type { ClaimOptions, ClaimResult } from './claim-options.js';
import { claimOptionNames } from './claim-options.js';
import { proveMarked } from './marked-placeholders.js';
import type { ClaimedRows } from './move-references.js';
import { countReferring, dropLinksInCommon, hasKey, lockRows, moveReference } from './move-references.js';

/**
 * A placeholder turns out to be a row that the target has: all that refers to it refers to that row, and it goes, in one transaction. Only
 * rows that the id map of an import marks as placeholders are claimed.
 *
 * @example
 * await importObjects(dataSource, { archive: 'book.json', policy, idMap: 'ids.jsonl' });
 * await claimPlaceholder(dataSource, { placeholder: 'auth.User.41', object: 'auth.User[username=ada]', idMap: 'ids.jsonl' });
 *
 * @throws RefusedError NO_PLACEHOLDER, CLAIM_COLLIDES; UsageError UNKNOWN_OBJECT, CLAIM_UNLIKE; FailedError where the database fails
 */
export async function claimPlaceholder(dataSource: DataSource, options: ClaimOptions): Promise<ClaimResult> {
  refuseUnknownOptions('claimPlaceholder', options, claimOptionNames);
  const findings = options.findings ?? new Findings();
  const { signal, onQuery, dryRun = false } = options;
  const session = await openWriteSession(dataSource, { signal, onQuery });
  try {
    await options.onTarget?.(session.server);
    const policy = mergePolicy({ policy: options.policy, includeSecrets: ['*'] });
    const schema = await buildSchema(session, dataSource, policy, findings);
    const rows = await findRows(session, schema, options);
    const before = await countChangedRows(session);
    // Functions of the application name tables as its connections find them.
    await setPath(session, session.server.searchPath);
    const done = await move(session, schema, rows);
    await setPath(session, '');
    await proveNothingElseGone(session, before, done.gone, findings);
    refuseWarnings(options, findings);
    if (dryRun) await session.rollback();
    else
      await settleCommit(dataSource, session, {
        what: 'the claim',
        hint: 'Run it again: where it took place, it is told that the placeholder has gone.',
      });
    return {
      ...{ status: dryRun ? 'planned' : 'done', placeholder: rows.names.placeholder, object: rows.names.object },
      ...{ moved: done.moved, linksInCommon: done.linksInCommon },
      ...{ findings: findings.all, statistics: { ...session.statistics } },
    };
  } finally {
    await session.close();
  }
}

interface NamedRows extends ClaimedRows {
  readonly names: { readonly placeholder: string; readonly object: string };
}

async function findRows(
  session: PinnedSession,
  schema: Schema,
  { placeholder, object, idMap }: ClaimOptions,
): Promise<NamedRows> {
  const [one, other] = [await findRow(session, schema, placeholder), await findRow(session, schema, object)];
  if (one.entity !== other.entity)
    throw new UsageError('CLAIM_UNLIKE', `${one.name} and ${other.name} are of two models: none can be the other`);
  if (one.name === other.name) throw new UsageError('CLAIM_UNLIKE', `${one.name} is itself already`);
  refuseTrees(one.entity);
  const rows = {
    entity: one.entity,
    placeholder: one.texts,
    object: other.texts,
    names: { placeholder: one.name, object: other.name },
  };
  if ((await lockRows(session, rows)) < 2) throw new RefusedError('CONCURRENT_CHANGE', 'one of the rows has gone meanwhile');
  await proveMarked(session, schema, idMap, one);
  return rows;
}

async function findRow(
  session: PinnedSession,
  schema: Schema,
  text: string,
): Promise<{ readonly entity: Entity; readonly name: string; readonly texts: readonly string[] }> {
  const { byModel, names } = await findSeeds(session, seedLookup, schema, [text]);
  for (const [model, keys] of byModel)
    for (const key of keys.sorted()) return { entity: entityNamed(schema, model), name: names[0] ?? text, texts: keyTexts(key) };
  throw new TypeError(`${text} was found and has no key`);
}

/** Paths and numbers of a tree hold keys that no reference shows. */
function refuseTrees({ model, materializedPath, nestedSet }: Entity): void {
  if (materializedPath === undefined && nestedSet === undefined) return;
  throw new UsageError('CLAIM_UNLIKE', `${model} is a tree: a node cannot become another with all below it`);
}

/** A key inside a value is not moved: whoever reads that value must decide what it is to hold. */
async function refuseInside(session: PinnedSession, schema: Schema, { entity, placeholder }: ClaimedRows): Promise<void> {
  const inner = schema.inner.filter(({ parent }) => parent === entity.model);
  for (const [reference, pairs] of await stageInner(session, schema, inner)) {
    const value = quoteIdentifier(reference.parentColumns[0] ?? '');
    const [row] = await session.query(
      `SELECT count(*) FROM ${pairs.table} v WHERE v.${innerValue} IN (SELECT ${value} FROM ${ownRows(entity)} WHERE ${hasKey(entity, placeholder)})`,
      [],
      { what: 'look for the placeholder inside values', table: pairs.entity.table },
    );
    if (Number(row?.[0] ?? 0) === 0) continue;
    throw new RefusedError(
      'CLAIM_COLLIDES',
      `${reference.name}: the key of the placeholder stands inside values of ${String(row?.[0])} rows`,
      {
        hint: 'Nothing was written. Write the key of the object there first.',
      },
    );
  }
}

interface Moved {
  readonly moved: Readonly<Record<string, number>>;
  readonly linksInCommon: Readonly<Record<string, number>>;
  /** Rows that went, by table. */
  readonly gone: ReadonlyMap<string, number>;
}

async function move(session: PinnedSession, schema: Schema, rows: ClaimedRows): Promise<Moved> {
  const { entity } = rows;
  const moved: Record<string, number> = {};
  const linksInCommon: Record<string, number> = {};
  const gone = new Map([[tableId(entity.table), 1]]);
  const references = schema.references.filter(({ parent }) => parent === entity.model);
  await refuseInside(session, schema, rows);
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
  return { moved, linksInCommon, gone };
}
