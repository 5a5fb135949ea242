import { UsageError } from '../errors/portolan-error.js';
import { zulipOptions } from '../profiles/zulip/options.js';
import { laterCommands, wordOf } from './later-commands.js';

/** What the contract of the command line names and this version does not have: said so, instead of "unknown". */
const options: Readonly<Record<string, string>> = Object.freeze({
  'apply-plan': 'Import with the same options as the plan was made with.',
  html: 'Use --json.',
});

/** What a profile adds to the command line, where no profile is chosen that has it. */
const ofProfile: readonly string[] = zulipOptions.map(({ name }) => name);

/**
 * @param declares whether the commands have an option of that name
 * @throws UsageError NOT_AVAILABLE; USAGE for an option of a profile that is not chosen
 */
export function refuseNotAvailable(words: readonly string[], declares: (option: string) => boolean): void {
  const later = laterCommands.find((command) => wordOf(command) === words[0]);
  if (later !== undefined) {
    throw notAvailable(`the command ${wordOf(later)}`, later.instead);
  }
  for (const word of words) {
    if (word === '--') return;
    const name = /^--(?:no-)?([\w-]+)/u.exec(word)?.[1] ?? '';
    if (Object.hasOwn(options, name)) throw notAvailable(`--${name}`, options[name]);
    if (ofProfile.includes(name) && !declares(name))
      throw new UsageError('USAGE', `--${name} belongs to the profile zulip`, { hint: 'Add --profile zulip.' });
  }
}

function notAvailable(what: string, hint: string | undefined): UsageError {
  return new UsageError('NOT_AVAILABLE', `${what} is not available in this version`, { hint });
}
