import type { ArchiveHeader, ExternalObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import type { Key } from '../../closure/key.js';
import { toKey } from '../../closure/key.js';
import { createRowReader } from '../../dialect/postgres/row-reader.js';
import type { Session } from '../../dialect/session.js';
import { hasIntegerKey } from '../../schema/has-integer-key.js';
import type { Entity } from '../../schema/schema.js';
import { pkToKey, toServerText } from '../../values/archive-value.js';
import { decodeRow } from '../../values/copy-text.js';
import { findMatches } from '../find-matches.js';
import { valueRefused } from '../value-refused.js';

/** An external object, and its key. */
export interface AbsentObject {
  readonly key: Key;
  readonly external: ExternalObject;
}

/**
 * Those of a model's external objects that the target lacks: no row has their natural key or, of those that have none, their key.
 *
 * @throws RefusedError VALUE_REFUSED
 */
export async function findAbsent(
  session: Session,
  header: ArchiveHeader,
  entity: Entity,
  externals: readonly ExternalObject[],
): Promise<readonly AbsentObject[]> {
  const [first] = externals;
  if (first === undefined) return [];
  const shape = headerKeyShape(header, first.model);
  const members = entity.naturalKey.map((name) => entity.columns.find((column) => column.name === name)?.member ?? name);
  const all = externals.flatMap((external) => {
    const key = pkToKey(external.pk, shape);
    return key === undefined ? [] : [{ key, external }];
  });
  const namesOf = ({ naturalKey }: ExternalObject): readonly string[] =>
    members.flatMap((member) => toServerText(naturalKey[member] ?? null) ?? []);
  const isNamed = ({ external }: AbsentObject): boolean => members.length > 0 && namesOf(external).length === members.length;
  const named = all.filter(isNamed);
  const nameless = all.filter((one) => !isNamed(one));
  try {
    const matches = await findMatches(
      session,
      entity,
      named.map(({ external }) => namesOf(external)),
    );
    const there = await rowsThere(
      session,
      entity,
      nameless.map(({ key }) => key),
    );
    return [...named.filter((_, at) => !matches.has(at)), ...nameless.filter(({ key }) => !there.has(key))];
  } catch (error) {
    throw valueRefused(error, first.model);
  }
}

async function rowsThere(session: Session, entity: Entity, keys: readonly Key[]): Promise<ReadonlySet<Key>> {
  const there = new Set<Key>();
  if (keys.length === 0) return there;
  const integer = hasIntegerKey(entity);
  for await (const chunk of createRowReader(session).rows(entity, entity.key, keys)) {
    for (const line of chunk.toString('utf8').split('\n').slice(0, -1))
      there.add(
        toKey(
          decodeRow(line).map((text) => text ?? ''),
          integer,
        ),
      );
  }
  return there;
}
