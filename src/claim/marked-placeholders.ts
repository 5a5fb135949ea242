import type { DatabaseIdentity } from '../changes/database-identity.js';
import { databaseIdentity, isSameDatabase } from '../changes/database-identity.js';
import { rowDigests } from '../changes/row-digests.js';
import { toKey } from '../closure/key.js';
import { readableColumns } from '../dialect/postgres/readable-columns.js';
import type { Session } from '../dialect/session.js';
import { RefusedError, UsageError } from '../errors/portolan-error.js';
import { linesOfIdMap } from '../import/read-id-map.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity, Schema } from '../schema/schema.js';
import { parseObjectName } from '../seeds/object-name.js';

/** A row that is said to be a placeholder. */
export interface ClaimedRow {
  readonly entity: Entity;
  readonly name: string;
  readonly texts: readonly string[];
}

/**
 * Proves that an import brought a row as a placeholder, and that it is as that left it: somebody may have made more of it since.
 *
 * @throws RefusedError NO_PLACEHOLDER; UsageError ID_MAP_INVALID
 */
export async function proveMarked(session: Session, schema: Schema, idMap: string, row: ClaimedRow): Promise<void> {
  const { entity, name, texts } = row;
  const marked = await findMark(schema, await databaseIdentity(session), idMap, row);
  if (marked === undefined)
    throw new RefusedError('NO_PLACEHOLDER', `${idMap} does not say that ${name} of this database is a placeholder`, {
      hint: 'Nothing was written. Name the id map of the import that brought it; its lines with "placeholder":true list them.',
    });
  const columns = await readableColumns(session, entity);
  const [now] = (await rowDigests(session, entity, columns, [toKey(texts, hasIntegerKey(entity))])).values();
  if (now !== marked)
    throw new RefusedError('NO_PLACEHOLDER', `${name} is no placeholder any more: it was changed since the import`, {
      hint: 'Nothing was written. What was filled in would be lost: move it to the other row first, or merge the two by hand.',
    });
}

/** The digest that the map has of the row. */
async function findMark(
  schema: Schema,
  database: DatabaseIdentity,
  idMap: string,
  { entity, name }: ClaimedRow,
): Promise<string | undefined> {
  const { values } = parseObjectName(schema, name);
  for await (const { line, where } of linesOfIdMap(idMap)) {
    if (!line.includes('"placeholder"')) continue;
    const marked = markedRow(line, database, where);
    const other = marked === undefined ? undefined : parseObjectName(schema, marked.to);
    if (other?.entity === entity && other.values.join('\0') === values.join('\0')) return marked?.row;
  }
  return undefined;
}

function markedRow(
  line: string,
  database: DatabaseIdentity,
  where: string,
): { readonly to: string; readonly row: string } | undefined {
  try {
    const { to, placeholder, row, ...other } = JSON.parse(line) as {
      readonly to?: unknown;
      readonly placeholder?: unknown;
      readonly row?: unknown;
      readonly database?: DatabaseIdentity;
    };
    const isHere = other.database !== undefined && isSameDatabase(other.database, database);
    return placeholder === true && isHere && typeof to === 'string' && typeof row === 'string' ? { to, row } : undefined;
  } catch {
    throw new UsageError('ID_MAP_INVALID', `${where}: not a line of an id map`);
  }
}
