import type { ProfileOption } from '../profile.js';

/** What the command line takes beside its own options where Zulip is exported. */
export const zulipOptions: readonly ProfileOption[] = Object.freeze([
  {
    name: 'files',
    kind: 'text',
    value: 'DIR',
    describe: "of --format zulip: the server's uploads, a folder that has files/ and avatars/",
  },
  {
    name: 'avatar-salt',
    kind: 'text',
    describe: "of --format zulip: the server's AVATAR_SALT, of which names of avatars are made",
  },
]);
