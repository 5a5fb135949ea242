import type { ExternalObject } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import { findColumn } from '../schema/resolve-column.js';
import type { Entity, Schema } from '../schema/schema.js';
import { targetEntity } from '../schema/target-entity.js';
import { formatObjectName } from '../seeds/object-name.js';
import { pkToKey, toServerText } from '../values/archive-value.js';
import { decodeRow } from '../values/copy-text.js';
import { externalObject } from './conflict-advice.js';
import { findByNaturalKey } from './find-by-natural-key.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import { holdRows } from './hold-rows.js';
import { ConflictList } from './plan.js';
import type { RemappedRows } from './remapped-rows.js';
import { valueRefused } from './value-refused.js';

/** External objects stayed at home: the target must have a row with the same key and the same natural key for each. */
export async function checkExternal(
  session: Session,
  schema: Schema,
  archive: ArchiveReader,
  findings: Findings,
  remapped: RemappedRows | undefined,
): Promise<ConflictList> {
  const conflicts = new ConflictList();
  for (const [model, own] of byModel(archive.trailer?.external ?? [])) {
    const entity = targetEntity(schema, archive.header, model);
    const shape = headerKeyShape(archive.header, model);
    const missing = (object: string, columns: readonly string[], inTheWay: string): void => {
      conflicts.add(() => ({ object, reason: 'missing-reference', constraint: externalObject, columns, inTheWay }));
    };
    if (entity === undefined || !hasKey(entity, archive.header.entities[model]?.key ?? [])) {
      for (const { pk } of own) missing(archivedName(model, pk), [], '');
      continue;
    }
    const members = Object.keys(own[0]?.naturalKey ?? {});
    const moved = remapped?.movedOf(entity.model);
    const keys = own.map(({ pk }) => {
      const key = pkToKey(pk, shape) ?? '';
      return moved?.get(key) ?? key;
    });
    const rows = await naturalKeys(session, entity, members, keys).catch((error: unknown) => {
      throw valueRefused(error, model);
    });
    const constrained = schema.references.every((one) => one.parent !== entity.model || one.constraint !== undefined);
    await holdRows(session, findings, { entity, columns: entity.key, values: rows.keys(), constrained });
    const nameOf = (key: Key): string => formatObjectName({ ...entity, model }, key);
    const nameless = own.filter((one, at) => rows.has(keys[at] ?? '') && isNameless(one));
    if (nameless.length > 0 && !isUnmistakable(entity)) tellNameless(findings, model, nameless.length);
    const open = own.flatMap(({ naturalKey }, at) => {
      const key = keys[at] ?? '';
      const row = rows.get(key);
      const texts = members.map((member) => toServerText(naturalKey[member] ?? null));
      const differing = members.filter((member, place) => row?.get(member) !== texts[place]);
      return row !== undefined && differing.length === 0 ? [] : [{ name: nameOf(key), row, texts, differing }];
    });
    const elsewhere = await findByNaturalKey(
      session,
      entity,
      members,
      open.map(({ texts }) => texts),
    );
    open.forEach(({ name, row, differing }, at) => {
      const other = elsewhere.get(at);
      if (other !== undefined) missing(name, members, nameOf(other));
      else if (row === undefined) missing(name, [], '');
      else missing(name, differing, name);
    });
  }
  return conflicts;
}

/** Known by its key and nothing else. */
function isNameless({ naturalKey }: ExternalObject): boolean {
  return Object.values(naturalKey).every((value) => value === null);
}

/** No two databases give the same UUID to different rows. */
function isUnmistakable(entity: Entity): boolean {
  return entity.key.some((name) => entity.columns.find((column) => column.name === name)?.type === 'uuid');
}

function tellNameless(findings: Findings, model: string, count: number): void {
  findings.warn(
    'external-by-key',
    model,
    `${String(count)} of its objects stayed at home and are known by nothing but their keys: the target's rows of those keys may be others (policy of the export: naturalKey)`,
  );
}

function byModel(external: readonly ExternalObject[]): ReadonlyMap<string, readonly ExternalObject[]> {
  const models = new Map<string, ExternalObject[]>();
  for (const one of external) {
    const known = models.get(one.model);
    if (known === undefined) models.set(one.model, [one]);
    else known.push(one);
  }
  return models;
}

/** Where the target cannot say how its key is written. */
function archivedName(model: string, pk: ExternalObject['pk']): string {
  if (pk === null || typeof pk !== 'object') return `${model}.${String(pk)}`;
  return `${model}.${Object.entries(pk)
    .map(([member, value]) => `${member}=${String(value)}`)
    .join(',')}`;
}

/** A row of another key is not the one that stayed at home, whatever its values. */
function hasKey(entity: Entity, names: readonly string[]): boolean {
  return entity.key.length === names.length && entity.key.every((name, at) => name === names[at]);
}

/** What the target's rows of some keys hold, by member; a member that the target lacks is not there. */
async function naturalKeys(
  session: Session,
  entity: Entity,
  members: readonly string[],
  keys: readonly Key[],
): Promise<ReadonlyMap<Key, ReadonlyMap<string, string | null>>> {
  const columns = members.flatMap((member) => {
    const column = findColumn(entity, member);
    return column === undefined ? [] : [{ member, column }];
  });
  const names = [...entity.key, ...columns.map(({ column }) => column.name)];
  const integer = hasIntegerKey(entity);
  const rows = new Map<Key, ReadonlyMap<string, string | null>>();
  for await (const chunk of createRowReader(session).rows(entity, names, keys)) {
    for (const line of chunk.toString('utf8').split('\n').slice(0, -1)) {
      const texts = decodeRow(line);
      const key = texts.slice(0, entity.key.length).map((text) => text ?? '');
      rows.set(toKey(key, integer), new Map(columns.map(({ member }, at) => [member, texts[entity.key.length + at] ?? null])));
    }
  }
  return rows;
}
