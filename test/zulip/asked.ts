import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileValues } from '../../src/profiles/profile.js';

/** What is asked for: realms as a whole or in part, or single users. */
export interface Asked {
  readonly realms: readonly number[];
  readonly mode: 'full' | 'public' | 'consent' | 'users' | 'people';
  /** Who consents or leaves. */
  readonly people: readonly number[];
  /** The message by which people consent; undefined where a file says who does. */
  readonly consentMessage?: number | undefined;
}

export function objectsOf({ mode, realms, people }: Asked): readonly string[] {
  return mode === 'people'
    ? people.map((id) => `zerver.UserProfile.${String(id)}`)
    : realms.map((id) => `zerver.Realm.${String(id)}`);
}

/** The options by which it is asked for. */
export function valuesOf(folder: string, { mode, people, consentMessage }: Asked): ProfileValues {
  const mails = people.map((id) => `u${String(id)}@x`);
  switch (mode) {
    case 'full':
    case 'people':
      return {};
    case 'public':
      return { 'public-only': true };
    case 'users':
      return { users: mails };
    case 'consent': {
      if (consentMessage !== undefined) return { 'consent-message-id': consentMessage };
      const file = join(folder, 'consent.txt');
      writeFileSync(file, `# who consents\n${mails.join('\n')}\n`);
      return { 'consent-users': file };
    }
  }
}
