import { filteredTable } from '../dialect/postgres/filtered-table.js';
import { columnNamed, equalColumns, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Entity, Reference, Schema } from '../schema/schema.js';
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

/** An array of the texts of a row's key, as the server prints them. */
export function keyTextsSql({ key }: Pick<Entity, 'key'>, row: string): string {
  const texts = key.map((name) => `pg_catalog.format('%s', ${row}.${quoteIdentifier(name)})`);
  return `ARRAY[${texts.join(', ')}]::pg_catalog.text[]`;
}
