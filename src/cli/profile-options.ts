import type { Argv } from 'yargs';
import { profileOfSeeds, wordsOfProfile } from '../profiles/load-profile.js';
import type { ProfileOption, ProfileValues, ProfileWords } from '../profiles/profile.js';
import { listOption, numberOption, valueOption } from './shared-options.js';

/** Where no profile is chosen. */
export const noProfile: ProfileWords = Object.freeze({ options: Object.freeze([]), formats: Object.freeze([]) });

/** What the profile adds that the words of a command line choose: by `--profile`, or by their seeds. */
export async function profileWords(words: readonly string[]): Promise<ProfileWords> {
  const name = namedProfile(words) ?? profileOfSeeds(words.filter((word) => !word.startsWith('-')));
  if (name === undefined) return noProfile;
  const load = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
    (await import('../source/load-module.js')).loadModule(file, 'PROFILE_BROKEN');
  // Who opens the profile says what is wrong with it.
  return wordsOfProfile(name, load).catch(() => noProfile);
}

export function withProfileOptions<T>(yargs: Argv<T>, { options }: ProfileWords): Argv<T> {
  let declared = yargs as Argv;
  for (const option of options) declared = declared.option(option.name, declarationOf(option));
  return declared as Argv<T>;
}

/** What was said of a profile's options. */
export function profileValues(args: object, { options }: ProfileWords): ProfileValues {
  const said = args as Readonly<Record<string, ProfileValues[string]>>;
  return Object.fromEntries(
    options.map(({ name, isOn }) => [name, said[name] === false && isOn !== true ? undefined : said[name]]),
  );
}

function declarationOf({ kind, value = 'TEXT', describe, isOn = false }: ProfileOption): object {
  switch (kind) {
    case 'switch':
      return { type: 'boolean', default: isOn, describe };
    case 'text':
      return valueOption(value, describe);
    case 'list':
      return listOption(value, describe);
    case 'number':
      return numberOption(describe);
  }
}

function namedProfile(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--profile' || word.startsWith('--profile='));
  const word = words[at];
  return word?.startsWith('--profile=') === true ? word.slice('--profile='.length) : words[at + 1 || words.length];
}
