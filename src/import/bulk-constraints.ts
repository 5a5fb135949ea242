import { ConstraintError } from '../dialect/postgres/database-error.js';
import type { EnforcedKey, EnforcedKeys } from '../dialect/postgres/enforced-keys.js';
import { readEnforcedKeys, repartitioned } from '../dialect/postgres/enforced-keys.js';
import { quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { Entity, Schema, TableName } from '../schema/schema.js';
import { callsFunction } from './calls-function.js';
import { isEmpty } from './look-up-rows.js';
import type { TargetModel } from './target.js';

export interface BulkOptions {
  readonly session: Session;
  readonly schema: Schema;
  readonly targets: ReadonlyMap<string, TargetModel>;
  readonly empty: ReadonlySet<string>;
  readonly findings: Findings;
}

/** A table that the import may write to. */
interface Place {
  readonly entity: Entity;
  readonly empty: boolean;
  /** Columns that the import writes. */
  readonly columns: ReadonlySet<string>;
}

/**
 * Foreign keys that are checked set by set, by one anti-join each, instead of row by row.
 *
 * The triggers that check rows are off only while COPY writes to a table of which this holds: it had no row (the transaction has one
 * snapshot, so that whatever it sees there later is its own), and nothing but foreign keys is done by triggers there, since the
 * setting switches all of them off. Such a table is locked since before that snapshot, so that no constraint or trigger can have
 * come that is not seen (see `openBulkSession`). Other tables are written as ever, and a note says why.
 *
 * No row can be left without its parent: the anti-join sees all rows that were written. Each parent that it finds is the
 * transaction's own, which nobody else sees before the commit, or it has been held FOR KEY SHARE just before: who wants to delete it
 * waits for the commit, and then finds the rows that need it; had somebody deleted it since the snapshot, holding it would have
 * failed (CONCURRENT_CHANGE).
 */
export class BulkConstraints {
  readonly #session: Session;
  /** By model: the foreign keys of the tables that are written without checks. */
  readonly #keys: ReadonlyMap<string, readonly EnforcedKey[]>;
  /** Tables that had no row. */
  readonly #own: ReadonlySet<string>;
  readonly #before: string;
  readonly #written = new Map<string, Entity>();
  /** Whether rows are unchecked right now. */
  #open = false;

  private constructor(
    session: Session,
    keys: ReadonlyMap<string, readonly EnforcedKey[]>,
    own: ReadonlySet<string>,
    before: string,
  ) {
    this.#session = session;
    this.#keys = keys;
    this.#own = own;
    this.#before = before;
  }

  static async open(options: BulkOptions): Promise<BulkConstraints> {
    const { session, findings } = options;
    const places = await placesOf(options);
    const own = new Set(places.filter(({ empty }) => empty).map(({ entity }) => quoteTable(entity.table)));
    const enforced = await readEnforcedKeys(
      session,
      places.map(({ entity }) => entity.table),
    );
    const keys = new Map<string, readonly EnforcedKey[]>();
    for (const [at, place] of places.entries()) {
      const found = enforced[at];
      if (found === undefined || found.keys.length === 0) continue;
      const obstacle = obstacleOf(session, place, found, own);
      const { model } = place.entity;
      if (obstacle === undefined) keys.set(model, found.keys);
      else findings.note('row-by-row', model, `its foreign keys are checked row by row: ${obstacle}`);
    }
    const [row] = await session.query("SELECT pg_catalog.current_setting('session_replication_role')");
    return new BulkConstraints(session, keys, own, row?.[0] ?? 'origin');
  }

  /** Whether rows of the model are checked when all are written. */
  covers(model: string): boolean {
    return this.#keys.has(model);
  }

  /** Runs one COPY into the table. Another may follow; before anything else is written, {@link rest} is due. */
  async write<T>(entity: Entity, copy: () => Promise<T>): Promise<T> {
    if (!this.covers(entity.model)) {
      await this.rest();
      return copy();
    }
    this.#written.set(entity.model, entity);
    if (!this.#open) await this.#session.query('SET LOCAL session_replication_role = replica');
    this.#open = true;
    try {
      return await copy();
    } catch (error) {
      // The transaction, or the savepoint to which it is rolled back, takes the setting back.
      this.#open = false;
      throw error;
    }
  }

  /** Lets the database check rows again, as it did before. */
  async rest(): Promise<void> {
    if (!this.#open) return;
    await this.#session.query(`SET LOCAL session_replication_role = ${this.#before}`);
    this.#open = false;
  }

  /**
   * To be asked when everything is written.
   *
   * @throws ConstraintError as the database would have; RefusedError CONCURRENT_CHANGE
   */
  async check(): Promise<void> {
    for (const model of this.#written.keys()) {
      for (const key of this.#keys.get(model) ?? []) {
        if (!isOwn(key, this.#own)) await this.#session.query(key.lockSql);
        const [row] = await this.#session.query(key.violationsSql);
        if (row?.[0] !== '0') throw violated(key);
      }
    }
    const tables = [...this.#written.values()].filter(({ partitioned }) => partitioned).map(({ table }) => table);
    const [changed] = tables.length === 0 ? [] : await repartitioned(this.#session, tables);
    // Its own constraints and triggers are not known.
    if (changed !== undefined) {
      throw new RefusedError('CONCURRENT_CHANGE', `somebody attached a partition to ${nameOf(changed)} while the import ran`, {
        hint: 'Nothing was written. Run it again.',
      });
    }
  }
}

/** Each table once: of models, and of links that lie in tables of their own. */
async function placesOf({ session, schema, targets, empty }: BulkOptions): Promise<readonly Place[]> {
  const places = new Map<string, Place>();
  for (const [model, { entity, written, fills }] of targets) {
    const columns = new Set([...written, ...fills].map(({ column }) => column.name));
    places.set(entity.model, { entity, empty: empty.has(model), columns });
  }
  for (const { links } of targets.values()) {
    for (const { link } of links) {
      const entity = schema.entities.get(link.through);
      if (entity === undefined || places.has(entity.model)) continue;
      const columns = new Set([...link.owner.columns, ...link.inverse.columns]);
      places.set(entity.model, { entity, empty: await isEmpty(session, entity), columns });
    }
  }
  return [...places.values()];
}

/** Why the foreign keys of a table have to be checked row by row. */
function obstacleOf(
  session: Session,
  { entity, empty, columns }: Place,
  { keys, triggers }: EnforcedKeys,
  own: ReadonlySet<string>,
): string | undefined {
  if (!empty) return 'the table has rows already';
  if (triggers.length > 0) return `more is done for each row, by ${triggers.join(', ')}`;
  const calls = entity.columns.find((column) => !columns.has(column.name) && callsFunction(column));
  if (calls !== undefined) return `the default of ${calls.name} calls a function of the application`;
  const role = `"${session.server.user.replaceAll('"', '""')}"`;
  for (const key of keys) {
    const { constraint, child, parent, temporal, readable, lockable } = key;
    if (temporal) return `${constraint} compares periods`;
    if (!readable)
      return `the role cannot read both ends of ${constraint} (GRANT SELECT ON ${quoteTable(child)}, ${quoteTable(parent)} TO ${role})`;
    if (!lockable && !isOwn(key, own))
      return `the role cannot hold rows that ${constraint} refers to, for which it needs UPDATE on some column (GRANT UPDATE ON ${quoteTable(parent)} TO ${role})`;
  }
  return undefined;
}

/** Whether all rows of the parent that this transaction sees are its own. */
function isOwn({ parent, parentRoot }: EnforcedKey, own: ReadonlySet<string>): boolean {
  return own.has(quoteTable(parent)) || own.has(quoteTable(parentRoot));
}

function violated({ constraint, child }: EnforcedKey): ConstraintError {
  const error = { code: '23503', message: '', constraint, schema: child.schema, table: child.name };
  return new ConstraintError(error, { cause: error });
}

function nameOf({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
