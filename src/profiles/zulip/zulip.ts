import { UsageError } from '../../errors/portolan-error.js';
import type { FileSource } from '../../files/file-source.js';
import { localFiles } from '../../files/local-files.js';
import type { Profile, ProfileValues } from '../profile.js';
import { zulipEntities } from './entities.js';
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
  refuseUnknown,
  layouts: Object.freeze({
    zulip: (values: ProfileValues) =>
      zulipLayout({
        parity: values['zulip-parity'] === true,
        files: filesAt(values['files']),
        avatarSalt: typeof values['avatar-salt'] === 'string' ? values['avatar-salt'] : undefined,
      }),
  }),
});

/** @throws UsageError NOT_AVAILABLE */
function filesAt(place: ProfileValues[string]): FileSource | undefined {
  if (typeof place !== 'string') return undefined;
  if (!/^[a-z][a-z\d]+:\/\//iu.test(place)) return localFiles(place);
  throw new UsageError('NOT_AVAILABLE', `reading files from ${place} is not available in this version`, {
    hint: 'Copy the buckets to a folder that has files/ and avatars/, and name it.',
  });
}
