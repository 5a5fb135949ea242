import type { Profile } from '../profile.js';
import { zulipEntities } from './entities.js';
import { zulipOptions } from './options.js';
import { refuseUnknown } from './refuse-unknown.js';
import { zulipRowPolicy } from './row-policy.js';
import { zulipPolicy } from './zulip-policy.js';

/**
 * Zulip, a team chat server: realms, users, messages. Made for 2.1 and for the commit 5dfd4ea38d (2.2.dev); columns are taken as the
 * database has them.
 *
 * @see https://github.com/zulip/zulip
 */
export const zulip: Profile = Object.freeze({
  name: 'zulip',
  apps: Object.freeze(['zerver', 'analytics']),
  options: zulipOptions,
  entities: zulipEntities,
  policy: zulipPolicy,
  rowPolicy: zulipRowPolicy,
  refuseUnknown,
});
