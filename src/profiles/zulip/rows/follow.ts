import type { FollowPolicy } from '../../../policy/policy.js';
import { persons } from './people.js';
import type { Selection } from './selection.js';

/**
 * Where a realm leaves for all of its people, what they have read comes by way of the messages. Where it leaves for some, others come only
 * where what leaves needs them.
 */
export function followOf(selection: Selection): Readonly<Record<string, FollowPolicy>> {
  const { mode, parity } = selection;
  const skip: FollowPolicy = { down: 'skip' };
  switch (mode) {
    case 'people':
      return { 'zerver.usermessage.message': skip, 'zerver.userprofile.bot_owner': skip };
    case 'full':
      return { 'zerver.usermessage.user_profile': skip };
    case 'public':
      return { 'zerver.usermessage.user_profile': skip, ...(parity ? {} : { 'zerver.userprofile.realm': skip }) };
    case 'consent':
    case 'users':
      return parity
        ? { 'zerver.usermessage.user_profile': skip }
        : { 'zerver.userprofile.realm': { where: `id IN (${persons(selection)})` } };
  }
}
