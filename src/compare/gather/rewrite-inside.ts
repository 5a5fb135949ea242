import type { ArchiveObject, ArchiveReference, ArchiveValue } from '../../archive/archive.js';
import type { Key } from '../../closure/key.js';
import type { AbsentRule } from '../../inside/absent-rule.js';
import { absentText } from '../../inside/absent-rule.js';
import type { KeyEdit } from '../../inside/with-keys.js';
import type { MentionEdit } from '../../inside/with-mentions.js';
import { withMentions } from '../../inside/with-mentions.js';
import { toArchiveValue } from '../../values/archive-value.js';
import { memberText } from '../../values/object-values.js';
import type { Led } from './gathering.js';
import type { ModelReferences, Space } from './references-of.js';

/** A mention that would lead to an object of another database. */
export interface Stranger {
  readonly mention: Pick<ArchiveReference, 'name' | 'parent'>;
  /** Whether the old key stays all the same. */
  readonly stays: boolean;
}

/** What is found on the way. */
export interface FoundInside {
  /** Columns whose references are not decided yet. */
  readonly open: Set<string>;
  /** References that no row can hold so. */
  readonly torn: Pick<ArchiveReference, 'name' | 'parent'>[];
  readonly strangers: Stranger[];
}

interface Leads {
  /** Where a reference leads; refuses where it cannot. */
  readonly needed: (reference: ArchiveReference, space: Space, key: Key) => Exclude<Led, { readonly is: 'nowhere' }>;
  readonly mentioned: (space: Space, key: Key) => Led;
}

interface Mentioned extends MentionEdit {
  readonly mention: ArchiveReference;
  readonly isStranger: boolean;
}

/** The value of a member in which keys stand, with each key as it is in the merged archive; undefined where it stays as it is. */
export function rewriteInside(
  object: ArchiveObject,
  member: string,
  group: ModelReferences['inside'],
  leads: Leads,
  { open, torn, strangers }: FoundInside,
): ArchiveValue | undefined {
  const edits: KeyEdit[] = [];
  const mentioned: Mentioned[] = [];
  for (const { reference, absent, space, found } of group) {
    for (const one of found(object)) {
      if (one.key === undefined) continue;
      if (absent === undefined) {
        const led = leads.needed(reference, space, one.key);
        if (led.is === 'gone') torn.push(reference);
        else if (led.is === 'open') open.add(member);
        else if (led.to !== one.key) edits.push({ found: one, to: led.to });
        continue;
      }
      const to = mentionedKey(leads.mentioned(space, one.key), absent, one.key);
      if (to === 'open') open.add(member);
      else if (to === 'stays') strangers.push({ mention: reference, stays: true });
      else if (to.key !== one.key)
        mentioned.push({ mention: reference, edit: { found: one, to: to.key }, isStranger: to.isStranger });
    }
  }
  if (edits.length + mentioned.length === 0) return undefined;
  const { text, left } = withMentions(memberText(object, member) ?? '', edits, mentioned);
  if (text === undefined) {
    torn.push(...group.filter(({ absent }) => absent === undefined).map(({ reference }) => reference));
    return undefined;
  }
  for (const one of mentioned) {
    const stays = left.has(one);
    if (stays || one.isStranger) strangers.push({ mention: one.mention, stays });
  }
  return toArchiveValue(text, group[0]?.kind ?? 'text');
}

/** What stands for the key of an object that is only mentioned: the old one, where nobody else has it. */
function mentionedKey(
  led: Led,
  rule: AbsentRule,
  key: Key,
): { readonly key: Key | null; readonly isStranger: boolean } | 'open' | 'stays' {
  switch (led.is) {
    case 'open':
      return 'open';
    case 'led':
      return { key: led.to, isStranger: false };
    case 'gone':
    case 'nowhere': {
      if (led.is === 'nowhere' && !led.taken) return { key, isStranger: false };
      const instead = absentText(rule);
      return instead === undefined ? 'stays' : { key: instead, isStranger: true };
    }
  }
}
