import { UsageError } from '../errors/portolan-error.js';
import { laterCommands, wordOf } from './later-commands.js';

const noRemap = 'Use --on-conflict fail, skip or override.';
const noProfile = 'It belongs to a profile; this version has none built in.';

/** What the contract of the command line names and this version does not have: said so, instead of "unknown". */
const options: Readonly<Record<string, string>> = Object.freeze({
  remap: noRemap,
  offset: noRemap,
  'apply-plan': 'Import with the same options as the plan was made with.',
  'with-id-map': 'Import one archive after the other.',
  journal: 'Export what the import would overwrite first.',
  against: 'Use importobjects --dry-run: what is equal is reported as same.',
  html: 'Use --json.',
  'public-only': noProfile,
  'consent-message-id': noProfile,
  'consent-users': noProfile,
  users: noProfile,
  files: noProfile,
  'avatar-salt': noProfile,
  'zulip-parity': noProfile,
});

/** @throws UsageError NOT_AVAILABLE */
export function refuseNotAvailable(words: readonly string[]): void {
  const later = laterCommands.find((command) => wordOf(command) === words[0]);
  if (later !== undefined) {
    throw notAvailable(wordOf(later) === 'delete' ? 'deleting' : `the command ${wordOf(later)}`, later.instead);
  }
  for (const word of words) {
    if (word === '--') return;
    const name = /^--([\w-]+)/u.exec(word)?.[1] ?? '';
    if (Object.hasOwn(options, name)) throw notAvailable(`--${name}`, options[name]);
  }
  if (valueOf(words, ['--on-conflict']) === 'remap') throw notAvailable('--on-conflict remap', noRemap);
  if (valueOf(words, ['--format']) === 'zulip') throw notAvailable('--format zulip', 'Use the default format.');
}

function notAvailable(what: string, hint: string | undefined): UsageError {
  return new UsageError('NOT_AVAILABLE', `${what} is not available in this version`, { hint });
}

function valueOf(words: readonly string[], names: readonly string[]): string | undefined {
  for (const [at, word] of words.entries()) {
    if (names.includes(word)) return words[at + 1];
    const name = names.find((one) => one.startsWith('--') && word.startsWith(`${one}=`));
    if (name !== undefined) return word.slice(name.length + 1);
  }
  return undefined;
}
