import type { ProfileOption } from '../profile.js';
import { optionalTables } from './optional-tables.js';

/** What the command line takes beside its own options where Zulip is exported. */
export const zulipOptions: readonly ProfileOption[] = Object.freeze([
  { name: 'public-only', kind: 'switch', describe: 'only what everybody in the realm may read' },
  {
    name: 'consent-message-id',
    kind: 'number',
    value: 'N',
    describe: 'public messages, and those of who reacted to this message with an outbox',
  },
  {
    name: 'consent-users',
    kind: 'text',
    value: 'FILE',
    describe: 'the same of the users whose addresses stand in the file, one a line',
  },
  {
    name: 'users',
    kind: 'list',
    value: 'EMAIL',
    describe: 'what these users wrote or could read; others leave as mirror dummies; repeats',
  },
  { name: 'zulip-parity', kind: 'switch', describe: "exactly the rows of Zulip's own export of January 2020" },
  {
    name: 'avatar-salt',
    kind: 'text',
    describe: "the server's AVATAR_SALT, of which names of avatars are made",
  },
  ...Object.entries(optionalTables).map(([name, { what }]): ProfileOption => ({
    name,
    kind: 'switch',
    isOn: true,
    describe: `leave at home ${what}`,
  })),
]);
