import type { ArchiveReader } from '../archive/open-archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import { findColumn } from '../schema/resolve-column.js';
import type { Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import { pkToKey, toServerText } from '../values/archive-value.js';
import { decodeRow } from '../values/copy-text.js';
import { externalObject } from './conflict-advice.js';
import { holdRows } from './hold-rows.js';
import type { Conflict } from './import-options.js';
import { targetEntity } from './target.js';

/** External objects stayed at home: the target must have a row with the same key and the same natural key for each. */
export async function checkExternal(
  session: Session,
  schema: Schema,
  archive: ArchiveReader,
  findings: Findings,
): Promise<readonly Conflict[]> {
  const conflicts: Conflict[] = [];
  const external = archive.trailer?.external ?? [];
  for (const model of new Set(external.map((one) => one.model))) {
    const entity = targetEntity(schema, archive.header, model);
    const own = external.filter((one) => one.model === model);
    if (entity === undefined) {
      for (const one of own)
        conflicts.push({
          object: `${model}.${JSON.stringify(one.pk)}`,
          reason: 'missing-reference',
          constraint: externalObject,
          columns: [],
          inTheWay: '',
        });
      continue;
    }
    const shape = headerKeyShape(archive.header, model);
    const members = Object.keys(own[0]?.naturalKey ?? {});
    const columns = members.flatMap((member) => findColumn(entity, member) ?? []);
    const keys = own.map((one) => pkToKey(one.pk, shape) ?? '');
    const found = new Map<Key, readonly (string | null)[]>();
    const integer = shape.members.length === 1 && shape.kinds[0] === 'integer';
    for await (const chunk of createRowReader(session).rows(
      entity,
      [...entity.key, ...columns.map((column) => column.name)],
      keys,
    )) {
      for (const line of chunk.toString('utf8').split('\n').slice(0, -1)) {
        const texts = decodeRow(line);
        found.set(
          toKey(
            texts.slice(0, entity.key.length).map((text) => text ?? ''),
            integer,
          ),
          texts.slice(entity.key.length),
        );
      }
    }
    const constrained = schema.references.every((one) => one.parent !== entity.model || one.constraint !== undefined);
    await holdRows(session, findings, { entity, columns: entity.key, values: found.keys(), constrained });
    own.forEach((one, at) => {
      const key = keys[at] ?? '';
      const row = found.get(key);
      const differing =
        row === undefined ? [] : members.filter((member, place) => toServerText(one.naturalKey[member] ?? null) !== row[place]);
      if (row !== undefined && differing.length === 0) return;
      const name = formatObjectName({ ...entity, model }, key);
      conflicts.push({
        object: name,
        reason: 'missing-reference',
        constraint: externalObject,
        columns: differing,
        inTheWay: row === undefined ? '' : name,
      });
    });
  }
  return conflicts;
}
