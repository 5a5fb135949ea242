import { toKey } from '../closure/key.js';
import { filteredTable } from '../dialect/postgres/filtered-table.js';
import { parseArray } from '../dialect/postgres/read-catalog.js';
import { columnNamed, equalColumns, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import { entityNamed } from '../schema/entity-named.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity, Reference, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import type { StagedInner } from './stage-inner.js';
import { innerValue } from './stage-inner.js';
import type { StagedKeys } from './staged-keys.js';
import { sameKey } from './staged-keys.js';

/** FROM: each staged parent `s` with the rows `x` that refer to it by a reference; `inner` has those whose keys stand inside values. */
export function referringRows(schema: Schema, reference: Reference, parents: StagedKeys, inner: StagedInner): string {
  const child = entityNamed(schema, reference.child);
  const pairs = inner.get(reference);
  if (pairs !== undefined) {
    const column = columnNamed(parents.entity, reference.parentColumns[0] ?? '');
    return (
      `${parents.table} s JOIN ${ownRows(parents.entity)} y ON ${sameKey(parents, 'y', 's')} ` +
      `JOIN ${pairs.table} v ON v.${innerValue} ${column.equality} y.${quoteIdentifier(column.name)} ` +
      `JOIN ${ownRows(child)} x ON ${sameKey(pairs, 'x', 'v')}`
    );
  }
  const holds = reference.columns.map((name, at) =>
    equalColumns(columnNamed(child, name), 'x', columnNamed(parents.entity, reference.parentColumns[at] ?? ''), 'y'),
  );
  return (
    `${parents.table} s JOIN ${ownRows(parents.entity)} y ON ${sameKey(parents, 'y', 's')} ` +
    `JOIN ${filteredTable(child, { when: reference.when, where: undefined })} x ON ${holds.join(' AND ')}`
  );
}

export interface OutsideOptions {
  readonly schema: Schema;
  readonly reference: Reference;
  readonly parents: StagedKeys;
  /** The column that tells staged parents apart, and which of them are concerned. */
  readonly id: string;
  readonly where: string;
  /** Rows of the child's table that do not count. */
  readonly known: readonly StagedKeys[];
  readonly inner: StagedInner;
}

/** SELECT: the `id` of each staged parent to which a row refers that is none of those known, and the `key` of one such row, for {@link outsideName}. */
export function outsideRows({ schema, reference, parents, id, where, known, inner }: OutsideOptions): string {
  const child = entityNamed(schema, reference.child);
  const unknown = known.map((part) => ` AND NOT EXISTS (SELECT 1 FROM ${part.table} c WHERE ${sameKey(part, 'x', 'c')})`);
  return (
    `SELECT DISTINCT ON (s.${id}) s.${id} AS id, ${keyTextsSql(child, 'x')} AS key ` +
    `FROM ${referringRows(schema, reference, parents, inner)} WHERE ${where}${unknown.join('')} ORDER BY 1, 2`
  );
}

/** The name of a row that refers by a reference, by its key as {@link outsideRows} gives it. */
export function outsideName(schema: Schema, { child }: Reference, key: string): string {
  const entity = entityNamed(schema, child);
  if (entity.key.length === 0) return `a row of ${entity.model}`;
  return formatObjectName(entity, toKey(parseArray(key), hasIntegerKey(entity)));
}

/** An array of the texts of a row's key, as the server prints them. */
function keyTextsSql({ key }: Pick<Entity, 'key'>, row: string): string {
  const texts = key.map((name) => `pg_catalog.format('%s', ${row}.${quoteIdentifier(name)})`);
  return `ARRAY[${texts.join(', ')}]::pg_catalog.text[]`;
}
