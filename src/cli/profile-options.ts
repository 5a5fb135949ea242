import type { Argv } from 'yargs';
import { optionsOfProfile, profileOfSeeds } from '../profiles/load-profile.js';
import type { ProfileOption, ProfileValues } from '../profiles/profile.js';
import { listOption, numberOption, valueOption } from './shared-options.js';

/** The options of the profile that the words of a command line choose: by `--profile`, or by their seeds. */
export async function profileOptions(words: readonly string[]): Promise<readonly ProfileOption[]> {
  const name = namedProfile(words) ?? profileOfSeeds(words.filter((word) => !word.startsWith('-')));
  if (name === undefined) return [];
  const load = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
    (await import('../source/load-module.js')).loadModule(file, 'PROFILE_BROKEN');
  // Who opens the profile says what is wrong with it.
  return optionsOfProfile(name, load).catch(() => []);
}

export function withProfileOptions<T>(yargs: Argv<T>, options: readonly ProfileOption[]): Argv<T> {
  let declared = yargs as Argv;
  for (const option of options) declared = declared.option(option.name, declarationOf(option));
  return declared as Argv<T>;
}

/** What was said of a profile's options. */
export function profileValues(args: object, options: readonly ProfileOption[]): ProfileValues {
  const said = args as Readonly<Record<string, ProfileValues[string]>>;
  return Object.fromEntries(options.map(({ name }) => [name, said[name]]));
}

function declarationOf({ kind, value = 'TEXT', describe }: ProfileOption): object {
  switch (kind) {
    case 'switch':
      return { type: 'boolean', default: false, describe };
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
