import type { ArchiveEntity, ArchiveObject, ArchiveValue, ExternalObject } from '../../archive/archive.js';
import { quoteLiteral } from '../../dialect/postgres/sql.js';
import type { Session } from '../../dialect/session.js';
import type { Column, Entity } from '../../schema/schema.js';
import { toArchiveValue } from '../../values/archive-value.js';
import { valueRefused } from '../value-refused.js';
import { policyFill } from '../fill.js';

/** How placeholders of one model are made. */
export interface PlaceholderShape {
  /** What the header is to say of the model. */
  readonly described: ArchiveEntity;
  /** Columns that need a value and have none: `fill` must give them one. */
  readonly lacking: readonly string[];
  make(external: ExternalObject): ArchiveObject;
}

/**
 * A placeholder has its key, its natural key and what the policy's `fill` gives; everything else is NULL. Where the archive has no object
 * of its own of that model, all but the keys is left to the target: the policy's `fill`, its default, a secret that nobody knows.
 *
 * @throws RefusedError where a column does not take what `fill` says
 */
export async function placeholderShape(
  session: Session,
  entity: Entity,
  described: ArchiveEntity,
  isAlone: boolean,
): Promise<PlaceholderShape> {
  return isAlone ? shapeOfKeys(entity, described) : await shapeOfAll(session, entity, described);
}

function shapeOfKeys(entity: Entity, described: ArchiveEntity): PlaceholderShape {
  const kept = [...described.key, ...entity.naturalKey];
  const columns = Object.fromEntries(Object.entries(described.columns).filter(([, { name }]) => kept.includes(name)));
  const members = membersOf(described, columns);
  return {
    described: { ...described, columns, links: {}, references: referencesWithin(described, columns) },
    lacking: [],
    make: ({ model, pk, naturalKey }) => ({
      ...{ model, pk, shared: true },
      fields: Object.fromEntries(members.map((member) => [member, naturalKey[member] ?? null])),
    }),
  };
}

async function shapeOfAll(session: Session, entity: Entity, described: ArchiveEntity): Promise<PlaceholderShape> {
  const values = new Map<string, ArchiveValue>();
  const lacking: string[] = [];
  const members = membersOf(described, described.columns);
  for (const member of members) {
    const { name = '', kind = 'text' } = described.columns[member] ?? {};
    const column = entity.columns.find((one) => one.name === name);
    if (column === undefined) continue;
    const fill = policyFill(entity, column);
    if (fill !== undefined) values.set(member, toArchiveValue(await asServerWrites(session, entity, column, fill), kind));
    else if (!entity.naturalKey.includes(name) && !column.nullable) lacking.push(member);
  }
  const links = Object.fromEntries(Object.keys(described.links).map((member) => [member, []]));
  return {
    described,
    lacking,
    make: ({ model, pk, naturalKey }) => ({
      ...{ model, pk, shared: true },
      fields: {
        ...Object.fromEntries(members.map((member) => [member, naturalKey[member] ?? values.get(member) ?? null])),
        ...links,
      },
    }),
  };
}

function membersOf({ key }: ArchiveEntity, columns: ArchiveEntity['columns']): readonly string[] {
  return Object.entries(columns).flatMap(([member, { name }]) => (key.includes(name) ? [] : [member]));
}

/** A value is compared as the server writes it: `2000-01-01` of a timestamp has a time, too. */
async function asServerWrites(
  session: Session,
  { model, table }: Entity,
  { type }: Column,
  text: string | null,
): Promise<string | null> {
  if (text === null) return null;
  try {
    const [row] = await session.query(`SELECT pg_catalog.format('%s', ${quoteLiteral(text)}::${type})`, [], {
      what: 'read what a placeholder gets',
      table,
    });
    return row?.[0] ?? text;
  } catch (error) {
    throw valueRefused(error, model);
  }
}

function referencesWithin({ references }: ArchiveEntity, columns: ArchiveEntity['columns']): ArchiveEntity['references'] {
  const names = new Set(Object.values(columns).map(({ name }) => name));
  return references.filter((reference) => reference.columns.every((name) => names.has(name)));
}
