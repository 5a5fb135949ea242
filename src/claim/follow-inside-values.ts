import { once } from '../changes/once.js';
import type { StagedKeys } from '../changes/staged-keys.js';
import { sameKey, stageKeys } from '../changes/staged-keys.js';
import { hasText } from '../dialect/postgres/filtered-table.js';
import { columnList, columnNamed, ownRows, quoteIdentifier, quoteLiteral } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { FailedError, RefusedError } from '../errors/portolan-error.js';
import { keyFinder } from '../inside/key-finder.js';
import { keyFormOf } from '../inside/key-form.js';
import { entityNamed } from '../schema/entity-named.js';
import { groupBy } from '../schema/group-by.js';
import type { Column, Entity, InnerReference, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import type { ClaimedRows } from './claimed-rows.js';
import { hasKey, rowOf } from './claimed-rows.js';
import type { MovedPlace } from './edit-value.js';
import { editValue } from './edit-value.js';

/** Values of one column that are to hold another key: in a temporary table, by the keys of their rows. */
export interface EditedColumn extends StagedKeys {
  readonly column: Column;
  readonly count: number;
}

/** Keys inside values, by the name of the reference: in how many rows they become another, and in how many they stay. */
export interface InsideValues {
  readonly columns: readonly EditedColumn[];
  readonly moved: ReadonlyMap<string, number>;
  readonly stayed: ReadonlyMap<string, number>;
}

/** The value that is to stand there. */
const staged = '"portolan: value"';

/** Values that are looked into at once. */
const rowsAtOnce = 1000;

const cursor = 'portolan_claim';

/**
 * Makes the values in which keys stand inside, with the key of the object instead of that of the placeholder; writes none. No index finds
 * them: all values of these columns are read, one batch after the other.
 *
 * @throws RefusedError CLAIM_COLLIDES where a key that is needed cannot be written, NO_ROW_IDENTITY
 */
export async function stageInsideValues(session: Session, schema: Schema, rows: ClaimedRows): Promise<InsideValues> {
  const moved = new Map<string, number>();
  const stayed = new Map<string, number>();
  const columns: EditedColumn[] = [];
  const all = [...schema.inner, ...schema.mentions].filter(({ parent }) => parent === rows.entity.model);
  for (const group of groupBy(all, ({ child, columns: [name] }) => `${child}\0${String(name)}`).values()) {
    const places = await movedPlaces(session, schema, group, rows);
    const edited = await stageColumn(
      { session, schema, rows, places, number: columns.length },
      {
        moved: (reference) => moved.set(reference.name, (moved.get(reference.name) ?? 0) + 1),
        stayed: (reference) => stayed.set(reference.name, (stayed.get(reference.name) ?? 0) + 1),
      },
    );
    if (edited !== undefined) columns.push(edited);
  }
  return { columns, moved, stayed };
}

/** What both rows are called by the references; without those that cannot lead to the placeholder. */
async function movedPlaces(
  session: Session,
  schema: Schema,
  references: readonly InnerReference[],
  { entity, placeholder, object }: ClaimedRows,
): Promise<readonly MovedPlace[]> {
  const names = columnList(references.map(({ parentColumns: [name] }) => name ?? ''));
  const purpose = { what: 'read what both rows are called', table: entity.table };
  const [from] = await session.query(`SELECT ${names} FROM ${rowOf(entity, placeholder)} p`, [], purpose);
  const [to] = await session.query(`SELECT ${names} FROM ${rowOf(entity, object)} o`, [], purpose);
  const mentions = new Set<InnerReference>(schema.mentions);
  return references.flatMap((reference, at) => {
    const old = from?.[at] ?? null;
    const form = keyFormOf(columnNamed(entity, reference.parentColumns[0] ?? ''));
    const find = keyFinder(reference.inside, form);
    const isMention = mentions.has(reference);
    return old === null ? [] : [{ reference, isMention, find, from: old, to: to?.[at] ?? undefined }];
  });
}

interface Tally {
  readonly moved: (reference: InnerReference) => void;
  readonly stayed: (reference: InnerReference) => void;
}

interface StagedColumn {
  readonly session: Session;
  readonly schema: Schema;
  readonly rows: ClaimedRows;
  readonly places: readonly MovedPlace[];
  readonly number: number;
}

async function stageColumn(
  { session, schema, rows, places, number }: StagedColumn,
  tally: Tally,
): Promise<EditedColumn | undefined> {
  const [first] = places;
  if (first === undefined) return undefined;
  const child = entityNamed(schema, first.reference.child);
  const column = columnNamed(child, first.reference.columns[0] ?? '');
  const purpose = { what: `look for the placeholder inside ${column.name}`, table: child.table };
  let keys: StagedKeys | undefined;
  let count = 0;
  await session.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${valuesSql(child, column, places, rows)}`, [], purpose);
  for (;;) {
    const batch = await session.query(`FETCH ${String(rowsAtOnce)} FROM ${cursor}`, [], purpose);
    if (batch.length === 0) break;
    let lines = '';
    for (const row of batch) {
      const value = row[child.key.length] ?? '';
      const held = places.filter((_, at) => row[child.key.length + 1 + at] === 't');
      const { text, moved, stayed, torn } = editValue(held, column, value);
      if (torn !== undefined) throw cannotStand(torn);
      for (const reference of stayed) tally.stayed(reference);
      if (text === undefined) continue;
      if (child.key.length === 0) {
        const needed = held.find(({ reference, isMention }) => !isMention && moved.includes(reference));
        if (needed !== undefined) throw nothingTellsApart(child, needed.reference);
        for (const reference of moved) if (!stayed.includes(reference)) tally.stayed(reference);
        continue;
      }
      for (const reference of moved) tally.moved(reference);
      lines += `${[...row.slice(0, child.key.length), text].map(escapeCopy).join('\t')}\n`;
      count += 1;
    }
    if (lines === '') continue;
    keys ??= await stageKeys(session, child, child.key, `portolan_claim_${String(number)}`, [
      `NULL::pg_catalog.text AS ${staged}`,
    ]);
    await session.copyIn(`COPY ${keys.table} FROM STDIN`, once(lines), purpose);
  }
  await session.query(`CLOSE ${cursor}`, [], purpose);
  if (keys === undefined) return undefined;
  await session.query(`ANALYZE ${keys.table}`, [], purpose);
  return { ...keys, column, count };
}

/** SELECT: key, value, and which of the references hold in the row, of each row that could hold a key of the placeholder. */
function valuesSql(child: Entity, column: Column, places: readonly MovedPlace[], { entity, placeholder }: ClaimedRows): string {
  const value = `x.${quoteIdentifier(column.name)}`;
  const holding = places.map(({ reference: { when } }) =>
    when === undefined ? 'true' : `(${hasText(columnNamed(child, when.column), when.value, 'x')})`,
  );
  const possible = places.map((place, at) => {
    const isLiteral = standsAsItIs(place, column);
    return `${holding[at] ?? ''}${isLiteral ? ` AND pg_catalog.strpos(${value}::pg_catalog.text, ${quoteLiteral(place.from)}) > 0` : ''}`;
  });
  const own = child.key.map((name) => `x.${quoteIdentifier(name)}`);
  const where = possible.map((condition) => `(${condition})`).join(' OR ');
  // What the placeholder itself says goes with it.
  const others = child === entity ? ` AND NOT (${hasKey(entity, placeholder, 'x')})` : '';
  return `SELECT ${[...own, value, ...holding].join(', ')} FROM ${ownRows(child)} x WHERE ${value} IS NOT NULL AND (${where})${others}`;
}

/** Whether the digits of a key stand in the text of a value as they are: in JSON that is kept as it came, they may be escaped. */
function standsAsItIs({ reference: { inside }, from }: MovedPlace, { lookupType }: Column): boolean {
  return /^-?\d+$/u.test(from) && (inside.path === undefined || lookupType === 'jsonb');
}

function cannotStand({ name }: InnerReference): RefusedError {
  return new RefusedError(
    'CLAIM_COLLIDES',
    `${name}: a value cannot hold the key of the object where that of the placeholder stands`,
    {
      hint: 'Nothing was written. Write there what it is to hold first.',
    },
  );
}

function nothingTellsApart({ model }: Entity, { name }: InnerReference): RefusedError {
  return new RefusedError(
    'NO_ROW_IDENTITY',
    `${name}: values of ${model} hold the key of the placeholder, and nothing tells its rows apart`,
    { hint: `Nothing was written. Name the columns that identify a row in the policy: models: { '${model}': { key: [...] } }.` },
  );
}

/** Writes the values. @throws FailedError VERIFY_FAILED */
export async function writeInsideValues(session: Session, { columns }: InsideValues): Promise<void> {
  for (const edited of columns) {
    const { entity, table, column, count } = edited;
    const name = quoteIdentifier(column.name);
    const sql =
      `WITH done AS (UPDATE ${ownRows(entity)} t SET ${name} = s.${staged}::${column.type} FROM ${table} s ` +
      `WHERE ${sameKey(edited, 't', 's')} RETURNING 1) SELECT count(*) FROM done`;
    const [row] = await session.query(sql, [], { what: 'write keys inside values', table: entity.table });
    if (Number(row?.[0]) === count) continue;
    throw new FailedError(
      'VERIFY_FAILED',
      `${entity.model}: the database wrote to ${String(row?.[0])} rows instead of ${String(count)}`,
      {
        hint: 'Nothing was committed. A trigger or a rule of the database left rows out, or wrote to others.',
      },
    );
  }
}
