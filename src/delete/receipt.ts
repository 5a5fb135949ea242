import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { ArchiveReader } from '../archive/open-archive.js';
import { copyLines } from '../changes/copy-rows.js';
import { databaseIdentity } from '../changes/database-identity.js';
import { sameKey } from '../changes/staged-keys.js';
import { columnList, ownRows } from '../dialect/postgres/sql.js';
import { toolVersion } from '../tool-version.js';
import type { DeletePlan, PlanFacts } from './delete-plan.js';
import { stateNumber } from './row-states.js';
import { stageColumns } from './staged-model.js';

/** Says what was deleted without saying what it held, as FORMATS.md describes it. */
export interface Receipt {
  readonly document: Readonly<Record<string, unknown>>;
  /** What the hashes were made with, where nothing is kept. */
  readonly key: string | undefined;
}

/** To be made before anything is deleted: it hashes each row that goes. */
export async function makeReceipt(
  facts: PlanFacts,
  archive: ArchiveReader,
  plan: DeletePlan,
  noArchive: boolean,
): Promise<Receipt> {
  const key = noArchive ? randomBytes(32).toString('hex') : undefined;
  const deleted: Record<string, object> = {};
  for (const [model, count] of Object.entries(plan.delete)) {
    const digest = await digestOf(facts, model, key);
    deleted[model] = key === undefined ? { count, sha256: digest } : { count, hmac: digest };
  }
  const kept = {
    reasons: plan.reasons,
    ...(noArchive ? {} : { objects: plan.kept, listed: plan.kept.length }),
    total: plan.keptCount,
  };
  const { name } = await databaseIdentity(facts.session);
  const document = {
    ...{ format: 'portolan-receipt', version: 1, date: new Date().toISOString(), tool: toolVersion(), database: name },
    ...(noArchive ? { archive: null } : { archive: archive.trailer?.sha256, seeds: archive.header.seeds }),
    ...{ deleted, links: plan.links, nullified: plan.nullified, kept },
  };
  return { document, key };
}

/** Over the lines of COPY text of a model's rows, in the archive's order. */
async function digestOf({ session, staged }: PlanFacts, model: string, key: string | undefined): Promise<string> {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(key, 'hex'));
  for (const stage of staged.values()) {
    if (stage.target?.model !== model) continue;
    const id = `k.${stageColumns.id}`;
    const names = stage.target.columns.map(({ column }) => column.name);
    const sql = `SELECT ${columnList(names, 't')} FROM ${ownRows(stage.entity)} t, ${stage.table} k, pg_temp.portolan_row r WHERE ${sameKey(stage, 't', 'k')} AND r.id = ${id} AND r.state = ${stateNumber('delete')} ORDER BY ${id}`;
    for await (const lines of copyLines(session, sql, { what: 'hash rows for the receipt' }))
      for (const line of lines) hash.update(`${line}\n`);
  }
  return hash.digest('hex');
}
