import type { ArchiveHeader, ArchiveObject } from '../../archive/archive.js';
import { keyTexts } from '../../closure/key.js';
import type { Rewritten } from './object-rewriter.js';
import { rewrittenText } from './object-rewriter.js';

/** An object's natural key, with references as they lead in the merged archive; undefined where it has none: NULL is nobody's name. */
export function naturalText(
  { entities }: ArchiveHeader,
  model: string,
  naturalKey: readonly string[],
  object: ArchiveObject,
  rewritten: Pick<Rewritten, 'fields' | 'followed'>,
): string | undefined {
  const entity = entities[model];
  if (entity === undefined || naturalKey.length === 0) return undefined;
  const parts = keyTexts(rewritten.followed);
  const texts: string[] = [];
  for (const name of naturalKey) {
    const place = entity.key.indexOf(name);
    const [member, column] = Object.entries(entity.columns).find(([, one]) => one.name === name) ?? [];
    const text = place >= 0 ? parts[place] : member === undefined ? null : rewrittenText(object, rewritten, member);
    if (text === null || text === undefined) return undefined;
    // Such values are equal whatever their case.
    texts.push(column?.type.endsWith('citext') === true ? text.toLowerCase() : text);
  }
  return texts.join('\0');
}
