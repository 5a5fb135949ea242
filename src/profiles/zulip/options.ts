import type { ProfileOption } from '../profile.js';

/** What the command line takes beside its own options where Zulip is exported. */
export const zulipOptions: readonly ProfileOption[] = Object.freeze([]);
