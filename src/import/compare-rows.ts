import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import type { Session } from '../dialect/session.js';
import { newline } from '../values/column-end.js';
import { behindKey, bytesOfKeys, keyReader } from './look-up-rows.js';
import { MemberLists } from './member-lists.js';
import type { TargetModel } from './target.js';

/**
 * The members in which the target's row of each key differs from an object: none where they are equal; undefined where there is no row. Rows are
 * compared as they come, byte by byte: none is kept.
 */
export async function compareRows(
  session: Session,
  target: TargetModel,
  keys: readonly Key[],
  objects: readonly ArchiveObject[],
): Promise<readonly (readonly string[] | undefined)[]> {
  const differing = keys.map((): readonly string[] | undefined => undefined);
  const lists = new MemberLists(target.columns.map(({ member }) => member));
  const placeOf = placesOf(keys);
  const readKey = keyReader(target.entity);
  const places: number[] = [];
  for await (const chunk of bytesOfKeys(session, target, keys)) {
    for (let at = 0; at < chunk.length;) {
      const start = behindKey(chunk, at, target.entity.key.length);
      const place = placeOf(readKey(chunk, at, start - 1));
      if (place === undefined) {
        at = chunk.indexOf(newline, start) + 1;
        continue;
      }
      places.length = 0;
      at = target.compareLine(objects[place] as ArchiveObject, chunk, start, places);
      differing[place] = lists.at(places);
    }
  }
  return differing;
}

/**
 * Where each key stands. They mostly come in their order, which is the archive's; where a database has another, all are looked for. A key that is
 * only equal to one of them is another text, and stands nowhere.
 */
function placesOf(keys: readonly Key[]): (key: Key) => number | undefined {
  let all: Map<Key, number> | undefined;
  let next = 0;
  return (key) => {
    for (; all === undefined && next < keys.length; next += 1) if (keys[next] === key) return next;
    all ??= new Map(keys.map((one, place) => [one, place]));
    return all.get(key);
  };
}
