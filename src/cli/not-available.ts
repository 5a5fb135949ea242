import { UsageError } from '../errors/portolan-error.js';
import { laterCommands, wordOf } from './later-commands.js';

const noRemap = 'Use --on-conflict fail, skip or override.';
const ofProfile = 'It belongs to the profile zulip, which does not have it in this version.';

/** What the contract of the command line names and this version does not have: said so, instead of "unknown". */
const options: Readonly<Record<string, string>> = Object.freeze({
  bucket: 'Write to a file and copy it.',
  remap: noRemap,
  offset: noRemap,
  'apply-plan': 'Import with the same options as the plan was made with.',
  'with-id-map': 'Import one archive after the other.',
  html: 'Use --json.',
  'public-only': ofProfile,
  'consent-message-id': ofProfile,
  'consent-users': ofProfile,
  users: ofProfile,
  'zulip-parity': ofProfile,
});

/** Commands that take an id map to compare by. */
const comparing: readonly string[] = ['diff', 'verify'];

/** @throws UsageError NOT_AVAILABLE */
export function refuseNotAvailable(words: readonly string[]): void {
  const later = laterCommands.find((command) => wordOf(command) === words[0]);
  if (later !== undefined) {
    throw notAvailable(`the command ${wordOf(later)}`, later.instead);
  }
  for (const word of words) {
    if (word === '--') return;
    const name = /^--([\w-]+)/u.exec(word)?.[1] ?? '';
    if (name === 'with-id-map' && comparing.includes(words[0] ?? '')) continue;
    if (Object.hasOwn(options, name)) throw notAvailable(`--${name}`, options[name]);
  }
  if (valueOf(words, ['--on-conflict']) === 'remap') throw notAvailable('--on-conflict remap', noRemap);
  const output = valueOf(words, ['--output', '-o']) ?? '';
  if (/^[a-z][a-z\d]+:\/\//iu.test(output)) throw notAvailable(`writing to ${output}`, options['bucket']);
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
