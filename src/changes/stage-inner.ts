import { noRowIdentity } from '../closure/no-row-identity.js';
import { keyTexts } from '../closure/key.js';
import { filteredTable } from '../dialect/postgres/filtered-table.js';
import { columnList, columnNamed, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { keyFinder } from '../inside/key-finder.js';
import { keyFormOf } from '../inside/key-form.js';
import { entityNamed } from '../schema/entity-named.js';
import type { InnerReference, Reference, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import { once } from './once.js';
import type { StagedKeys } from './staged-keys.js';
import { stageKeys } from './staged-keys.js';

/** Which rows hold which keys inside their values, by reference: each pair once. */
export type StagedInner = ReadonlyMap<Reference, StagedKeys>;

/** The key that stands inside a value of the row. */
export const innerValue = '"portolan: inner key"';

/** Values that are looked into at once. */
const rowsAtOnce = 1000;

/**
 * Puts the keys that stand inside values into temporary tables, where the database can join them. No index finds them: all values of those
 * columns are read, one batch after the other.
 *
 * @throws RefusedError NO_ROW_IDENTITY
 */
export async function stageInner(session: Session, schema: Schema, references: readonly InnerReference[]): Promise<StagedInner> {
  const staged = new Map<Reference, StagedKeys>();
  for (const [at, reference] of references.entries()) staged.set(reference, await stageOne(session, schema, reference, at));
  return staged;
}

async function stageOne(session: Session, schema: Schema, reference: InnerReference, at: number): Promise<StagedKeys> {
  const child = entityNamed(schema, reference.child);
  if (child.key.length === 0) throw noRowIdentity(child, reference.name);
  const parent = columnNamed(entityNamed(schema, reference.parent), reference.parentColumns[0] ?? '');
  // What stands in a value can be longer than any key.
  const type = parent.kind === 'integer' ? parent.type : parent.lookupType;
  const further = [`NULL::${type} AS ${innerValue}`];
  const keys = await stageKeys(session, child, child.key, `portolan_inner_${String(at)}`, further);
  const find = keyFinder(reference.inside, keyFormOf(parent));
  const purpose = { what: `look for keys inside ${reference.columns.join(', ')}`, table: child.table };
  const cursor = 'portolan_inner';
  const value = `x.${quoteIdentifier(reference.columns[0] ?? '')}`;
  const rows = filteredTable(child, { when: reference.when, where: undefined });
  await session.query(
    `DECLARE ${cursor} NO SCROLL CURSOR FOR SELECT ${columnList(child.key, 'x')}, ${value} FROM ${rows} x WHERE ${value} IS NOT NULL`,
    [],
    purpose,
  );
  for (;;) {
    const batch = await session.query(`FETCH ${String(rowsAtOnce)} FROM ${cursor}`, [], purpose);
    if (batch.length === 0) break;
    let lines = '';
    for (const row of batch) {
      const own = row.slice(0, -1).map(escapeCopy).join('\t');
      const found = new Set(find(row.at(-1) ?? '').flatMap(({ key }) => key ?? []));
      for (const key of found) lines += `${own}\t${escapeCopy(keyTexts(key)[0] ?? '')}\n`;
    }
    if (lines !== '') await session.copyIn(`COPY ${keys.table} FROM STDIN`, once(lines), purpose);
  }
  await session.query(`CLOSE ${cursor}`, [], purpose);
  await session.query(`CREATE INDEX ON ${keys.table} (${innerValue})`, [], purpose);
  await session.query(`ANALYZE ${keys.table}`, [], purpose);
  return keys;
}
