import type { Profile, ProfileValues } from '../profile.js';
import { zulipEntities } from './entities.js';
import { zulipFilesOf } from './files-of.js';
import { zulipOptions } from './options.js';
import { zulipLayout } from './layout/zulip-layout.js';
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
  filesOf: zulipFilesOf,
  refuseUnknown,
  layouts: Object.freeze({
    zulip: (values: ProfileValues) =>
      zulipLayout({
        parity: values['zulip-parity'] === true,
        avatarSalt: typeof values['avatar-salt'] === 'string' ? values['avatar-salt'] : undefined,
      }),
  }),
});
