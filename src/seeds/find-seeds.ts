import { createKeySet } from '../closure/create-key-set.js';
import { toKey } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import type { Session } from '../dialect/session.js';
import type { SeedLookup } from '../dialect/seed-lookup.js';
import { PortolanError, UsageError } from '../errors/portolan-error.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Schema } from '../schema/schema.js';
import type { ObjectName } from './object-name.js';
import { formatObjectName, keyForm, parseObjectName } from './object-name.js';

export interface Seeds {
  readonly byModel: ReadonlyMap<string, KeySet>;
  /** Canonical names, sorted, without repetition. */
  readonly names: readonly string[];
}

/**
 * Finds the rows that the user names, one query for each model and way of naming.
 *
 * @throws UsageError UNKNOWN_OBJECT, OBJECT_AMBIGUOUS and those of {@link parseObjectName}
 */
export async function findSeeds(session: Session, lookup: SeedLookup, schema: Schema, texts: readonly string[]): Promise<Seeds> {
  if (texts.length === 0) {
    throw new UsageError('NO_OBJECT', 'no object is named', { hint: 'Name at least one: app.Model.key' });
  }
  const byModel = new Map<string, KeySet>();
  const names = new Set<string>();
  for (const group of grouped(texts.map((text) => parseObjectName(schema, text)))) {
    const [first] = group;
    if (first === undefined) continue;
    const { entity } = first;
    const integer = hasIntegerKey(entity);
    const found = await rowsOf(session, lookup, group);
    const set = byModel.get(entity.model) ?? createKeySet(entity);
    byModel.set(entity.model, set);
    group.forEach((name, at) => {
      const rows = found.get(at) ?? [];
      const [row] = rows;
      if (row === undefined) throw unknownObject(name);
      if (rows.length > 1) throw ambiguousObject(name, rows.length);
      const key = toKey(row, integer);
      set.add(key);
      names.add(formatObjectName(entity, key));
    });
  }
  return { byModel, names: [...names].sort() };
}

function grouped(names: readonly ObjectName[]): readonly (readonly ObjectName[])[] {
  const groups = new Map<string, ObjectName[]>();
  for (const name of names) {
    const id = JSON.stringify([name.entity.model, name.columns.map((column) => column.name), name.kinds]);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [name]);
    else group.push(name);
  }
  return [...groups.values()];
}

/** By position in the group, the keys of the rows that match. */
async function rowsOf(
  session: Session,
  lookup: SeedLookup,
  group: readonly ObjectName[],
): Promise<ReadonlyMap<number, readonly (readonly string[])[]>> {
  const [first] = group;
  if (first === undefined) return new Map();
  const columnTexts = first.columns.map((_, at) => group.map((name) => name.values[at] ?? null));
  const statement = lookup(first.entity, first.columns, columnTexts, first.kinds);
  const found = new Map<number, (readonly string[])[]>();
  const purpose = { what: `find the objects by ${first.columns.map(({ name }) => name).join(', ')}`, table: first.entity.table };
  try {
    for (const [ordinal, ...key] of await session.query(statement.sql, statement.parameters, purpose)) {
      const at = Number(ordinal) - 1;
      const rows = found.get(at) ?? [];
      rows.push(key.map((text) => text ?? ''));
      found.set(at, rows);
    }
  } catch (error) {
    if (error instanceof PortolanError && error.code === 'INVALID_VALUE') throw notAValue(first, group, error);
    throw error;
  }
  return found;
}

function notAValue(first: ObjectName, group: readonly ObjectName[], cause: unknown): UsageError {
  const types = first.columns.map((column) => `${column.member} (${column.type})`).join(', ');
  const which = group.map((name) => `"${name.text}"`).join(', ');
  return new UsageError('UNKNOWN_OBJECT', `${which}: not a value of ${types}`, {
    cause,
    hint: 'Several objects are separated by blanks; by another column an object is named Model[column=value].',
  });
}

function unknownObject(name: ObjectName): UsageError {
  return new UsageError(
    'UNKNOWN_OBJECT',
    `there is no object ${name.text} (table ${name.entity.table.schema}.${name.entity.table.name})`,
    {
      hint: 'Check the key, and that the data source points at the database you mean.',
    },
  );
}

function ambiguousObject(name: ObjectName, count: number): UsageError {
  return new UsageError('OBJECT_AMBIGUOUS', `"${name.text}" matches ${String(count)} rows of ${name.entity.model}`, {
    hint: `Name one by its key: ${keyForm(name.entity)}`,
  });
}
