import { sameKey } from '../changes/staged-keys.js';
import type { StagedKeys } from '../changes/staged-keys.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { columnList, columnNamed, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import { entityNamed } from '../schema/entity-named.js';
import { linkRowKey } from '../schema/link-row-key.js';
import type { Entity, Reference, Schema } from '../schema/schema.js';
import type { ClaimedRows } from './claimed-rows.js';
import { hasKey, holds, rowOf } from './claimed-rows.js';
import type { EditedColumn } from './follow-inside-values.js';

/** Rows of one table that a claim writes to, each as it was: in a temporary table, with all columns. */
export interface TouchedRows extends StagedKeys {
  /** Whether keys of them become others. */
  readonly movesKeys: boolean;
}

/** Columns beside those of the table. */
export const touchedColumns = Object.freeze({
  /** What the row was, see {@link rowDigestSql}. */
  digest: '"portolan: sha256"',
  /** Whether there was a row of the key that it gets. */
  there: '"portolan: there"',
});

/** The key that a row gets. */
export function newKeyColumn(name: string): string {
  return quoteIdentifier(`portolan> ${name}`);
}

/**
 * Keeps every row that will be written to, or go, as it is before.
 *
 * @throws RefusedError NO_ROW_IDENTITY where nothing tells them apart
 */
export async function stageTouched(
  session: Session,
  schema: Schema,
  rows: ClaimedRows,
  edited: readonly EditedColumn[],
): Promise<readonly TouchedRows[]> {
  const references = schema.references.filter(({ parent }) => parent === rows.entity.model);
  const models = new Set([
    rows.entity.model,
    ...references.map(({ child }) => child),
    ...edited.map(({ entity }) => entity.model),
  ]);
  const all: TouchedRows[] = [];
  for (const [number, model] of [...models].sort().entries()) {
    const entity = entityNamed(schema, model);
    const touched = await stageOne(session, rows, {
      ...{ entity, key: rowKey(schema, entity), number },
      references: references.filter(({ child }) => child === model),
      edited: edited.filter((one) => one.entity === entity),
    });
    if (touched !== undefined) all.push(touched);
  }
  return all;
}

/** What tells rows of a table apart. */
function rowKey(schema: Schema, entity: Entity): readonly string[] {
  const link = schema.links.find(({ through }) => through === entity.model);
  return link === undefined ? entity.key : linkRowKey(entity, link);
}

interface Part {
  readonly entity: Entity;
  readonly key: readonly string[];
  readonly number: number;
  readonly references: readonly Reference[];
  readonly edited: readonly EditedColumn[];
}

async function stageOne(
  session: Session,
  { entity: parent, placeholder, object }: ClaimedRows,
  { entity, key, number, references, edited }: Part,
): Promise<TouchedRows | undefined> {
  const name = `portolan_touched_${String(number)}`;
  const purpose = { what: 'keep rows as they were', table: entity.table };
  const conditions = [
    ...references.map((reference) => holds(entity, reference, parent, 'p')),
    ...edited.map((one) => `EXISTS (SELECT 1 FROM ${one.table} e WHERE ${sameKey(one, 'x', 'e')})`),
    ...(entity === parent ? [hasKey(entity, placeholder, 'x')] : []),
  ];
  const becomes = (column: string): string => {
    const moving = references.filter(({ columns }) => columns.includes(column));
    const cases = moving.map((reference) => {
      const held = quoteIdentifier(reference.parentColumns[reference.columns.indexOf(column)] ?? '');
      return `WHEN ${holds(entity, reference, parent, 'p')} THEN o.${held}::${columnNamed(entity, column).type}`;
    });
    const own = `x.${quoteIdentifier(column)}`;
    return cases.length === 0 ? own : `CASE ${cases.join(' ')} ELSE ${own} END`;
  };
  const columns = entity.columns.map((column) => column.name);
  const further = [
    `${rowDigestSql(columns, 'x')} AS ${touchedColumns.digest}`,
    `false AS ${touchedColumns.there}`,
    ...key.map((column) => `${becomes(column)} AS ${newKeyColumn(column)}`),
  ];
  await session.query(
    `CREATE TEMP TABLE ${name} ON COMMIT DROP AS SELECT ${[columnList(columns, 'x'), ...further].join(', ')} ` +
      `FROM ${ownRows(entity)} x, ${rowOf(parent, placeholder)} p, ${rowOf(parent, object)} o WHERE ${conditions.map((one) => `(${one})`).join(' OR ')}`,
    [],
    purpose,
  );
  const table = `pg_temp.${name}`;
  const distinct = key.length === 0 ? '0' : `(SELECT count(*) FROM (SELECT DISTINCT ${columnList(key)} FROM ${table}) d)`;
  const [row] = await session.query(`SELECT count(*), ${distinct} FROM ${table}`, [], purpose);
  if (row?.[0] === '0') return undefined;
  if (row?.[0] !== row?.[1]) throw notToldApart(entity);
  const staged = { entity, key, table };
  const movesKeys = references.some((reference) => reference.columns.some((column) => key.includes(column)));
  if (movesKeys)
    await session.query(
      `UPDATE ${table} s SET ${touchedColumns.there} = true FROM ${ownRows(entity)} t WHERE ${sameNewKey(staged, 't', 's')}`,
      [],
      purpose,
    );
  return { ...staged, movesKeys };
}

/** That a row of the table has the key that a staged one gets. */
export function sameNewKey({ entity, key }: StagedKeys, row: string, staged: string): string {
  return key
    .map((name) => `${row}.${quoteIdentifier(name)} ${columnNamed(entity, name).equality} ${staged}.${newKeyColumn(name)}`)
    .join(' AND ');
}

function notToldApart({ model }: Entity): RefusedError {
  return new RefusedError(
    'NO_ROW_IDENTITY',
    `nothing tells rows of ${model} apart to which the claim writes: no file can tell of them`,
    {
      hint: `Name the columns that identify a row in the policy (models: { '${model}': { key: [...] } }), or claim without --journal and --plan.`,
    },
  );
}
