import type { StoredFacts } from '../../files/file-source.js';

/** Whether what Zulip said of an object when it put it into a bucket fits the row that names it. What was not said fits. */
export type Belongs = (stored: StoredFacts) => boolean;

export function ofRealm(realm: unknown): Belongs {
  return ({ metadata }) => fits(metadata['realm_id'], realm);
}

export function ofUser(user: unknown): Belongs {
  return ({ metadata }) => fits(metadata['user_profile_id'], user);
}

/** A bot that serves all realms uploads for another realm than its own. */
export function ofRealmOrUser(realm: unknown, user: unknown): Belongs {
  return ({ metadata }) => fits(metadata['realm_id'], realm) || metadata['user_profile_id'] === String(user);
}

function fits(said: string | undefined, id: unknown): boolean {
  return said === undefined || said === String(id);
}
