import type { ArchiveObject } from '../archive/archive.js';
import { once } from '../changes/once.js';
import { sameKey, stageKeys } from '../changes/staged-keys.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { columnList, columnNamed, equalColumns, ownRows, quoteIdentifier, quoteLiteral } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { TargetLink, TargetModel } from '../import/target.js';
import { entityNamed } from '../schema/entity-named.js';
import { linkRowKey } from '../schema/link-row-key.js';
import type { Entity, Link, Reference, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import { memberKeys, objectKey } from '../values/object-values.js';
import { stateNumber } from './row-states.js';
import type { StagedModel, StageOptions } from './staged-model.js';
import { furtherColumns, stageColumns } from './staged-model.js';

/** The archive's links, as pairs of keys in temporary tables. */
export class StagedPairs {
  readonly #session: Session;
  readonly #schema: Schema;
  readonly #tables = new Map<Link, string>();

  constructor(session: Session, schema: Schema) {
    this.#session = session;
    this.#schema = schema;
  }

  get tables(): ReadonlyMap<Link, string> {
    return this.#tables;
  }

  async add(target: TargetModel, { link, member, inverse }: TargetLink, objects: readonly ArchiveObject[]): Promise<void> {
    const pairs = objects.flatMap((object) => {
      const owner = objectKey(object, target.shape);
      return owner === undefined ? [] : memberKeys(object, member, inverse).map((other) => [owner, other] as const);
    });
    if (pairs.length === 0) return;
    await this.#session.copyIn(`COPY pg_temp.${await this.#tableOf(link)} FROM STDIN`, once(pairLines(pairs)), {
      what: 'stage links',
    });
  }

  async #tableOf(link: Link): Promise<string> {
    const known = this.#tables.get(link);
    if (known !== undefined) return known;
    const name = `portolan_links_${String(this.#tables.size)}`;
    const [owner, inverse] = [entityNamed(this.#schema, link.owner.parent), entityNamed(this.#schema, link.inverse.parent)];
    const columns = [...endColumns(owner, 'o'), ...endColumns(inverse, 'i')].map(({ own, staged }) => `${own} AS ${staged}`);
    await this.#session.query(
      `CREATE TEMP TABLE ${name} ON COMMIT DROP AS SELECT ${columns.join(', ')} FROM ${ownRows(owner)} o, ${ownRows(inverse)} i WITH NO DATA`,
      [],
      { what: 'make a stage' },
    );
    this.#tables.set(link, name);
    return name;
  }
}

function pairLines(pairs: readonly (readonly [Key, Key])[]): string {
  return pairs.map((pair) => `${pair.flatMap(keyTexts).map(escapeCopy).join('\t')}\n`).join('');
}

function endColumns(
  entity: Entity,
  alias: 'o' | 'i',
): readonly { readonly own: string; readonly staged: string; readonly on: string }[] {
  return entity.key.map((name, at) => {
    const own = `${alias}.${quoteIdentifier(name)}`;
    const staged = `${alias}${String(at)}`;
    return { own, staged, on: `${own} ${columnNamed(entity, name).equality} l.${staged}` };
  });
}

/** Finds the rows of join tables that the archive's links mean. */
export async function stageLinkRows(
  { session, schema }: StageOptions,
  staged: Map<string, StagedModel>,
  pairs: StagedPairs,
  first: number,
): Promise<void> {
  let next = first;
  for (const [link, table] of pairs.tables) {
    await session.query(`ANALYZE pg_temp.${table}`, [], { what: 'stage links' });
    const through = entityNamed(schema, link.through);
    let stage = staged.get(through.model);
    if (stage === undefined) {
      const name = `portolan_keys_${String(staged.size)}`;
      const keys = await stageKeys(session, through, linkRowKey(through, link), name, furtherColumns);
      stage = { ...keys, number: staged.size, target: undefined };
      staged.set(through.model, stage);
    }
    const { id, name, state, seed } = stageColumns;
    const sql =
      `INSERT INTO ${stage.table} (${columnList(stage.key)}, ${id}, ${name}, ${state}, ${seed}) ` +
      `SELECT ${columnList(stage.key, 'x')}, ${String(next - 1)} + pg_catalog.row_number() OVER (), ${nameSql(stage)}, ${stateNumber('survives')}, false ` +
      `FROM (SELECT DISTINCT ${columnList(stage.key, 'x')} FROM ${linkRowsSql(schema, link, `pg_temp.${table}`)}) x ` +
      `WHERE NOT EXISTS (SELECT 1 FROM ${stage.table} s WHERE ${sameKey(stage, 'x', 's')})`;
    const [row] = await session.query(`WITH added AS (${sql} RETURNING 1) SELECT count(*) FROM added`, [], {
      what: 'stage links',
      table: through.table,
    });
    next += Number(row?.[0]);
  }
}

function linkRowsSql(schema: Schema, link: Link, pairs: string): string {
  const through = entityNamed(schema, link.through);
  const [owner, inverse] = [entityNamed(schema, link.owner.parent), entityNamed(schema, link.inverse.parent)];
  const held = (reference: Reference, parent: Entity, alias: 'o' | 'i'): string =>
    reference.columns
      .map((name, at) =>
        equalColumns(columnNamed(through, name), 'x', columnNamed(parent, reference.parentColumns[at] ?? ''), alias),
      )
      .join(' AND ');
  const on = (entity: Entity, alias: 'o' | 'i'): string =>
    endColumns(entity, alias)
      .map((column) => column.on)
      .join(' AND ');
  return (
    `${pairs} l JOIN ${ownRows(owner)} o ON ${on(owner, 'o')} JOIN ${ownRows(inverse)} i ON ${on(inverse, 'i')} ` +
    `JOIN ${ownRows(through)} x ON ${held(link.owner, owner, 'o')} AND ${held(link.inverse, inverse, 'i')}`
  );
}

/** For people: what the archive calls an object is written by {@link formatObjectName}. */
function nameSql({ entity, key }: StagedModel): string {
  const single = key.length === 1;
  const parts = key.map((name) => (single ? '%s' : `${name.replaceAll('%', '%%')}=%s`)).join(',');
  const format = quoteLiteral(`${entity.model.replaceAll('%', '%%')}.${parts}`);
  return `pg_catalog.format(${format}, ${columnList(key, 'x')})`;
}
