import type { CommandModule } from 'yargs';
import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import type { Declaration } from './help.js';
import { declarationOf, optionNames } from './help.js';
import { laterCommands, wordOf } from './later-commands.js';

/** What is wrong with words that the parser refused: it tells what it lacks first, what nobody knows is the cause more often. */
export function usageError(commands: readonly CommandModule[], words: readonly string[], error: unknown): UsageError {
  const declarations = commands.map(declarationOf);
  const names = declarations.map(wordOf);
  const [first = ''] = words;
  const chosen = declarations.length === 1 ? declarations[0] : declarations[names.indexOf(first)];
  if (chosen === undefined) return noCommand(words, names);
  return unknownOption(chosen, words) ?? wrongChoice(chosen, error) ?? tooManyOrFew(chosen, words, error);
}

function noCommand(words: readonly string[], names: readonly string[]): UsageError {
  const known = `Known: ${names.join(', ')}. See --help.`;
  const [first = ''] = words.filter((word, at) => word !== '--help' && word !== '-h' && (at > 0 || word !== 'help'));
  if (first === '') return new UsageError('USAGE', 'which command?', { hint: known });
  if (first.startsWith('-')) return new UsageError('USAGE', `the command comes first, before ${first}`, { hint: known });
  return new UsageError('USAGE', `there is no command ${first}`, {
    hint: didYouMean(first, [...names, ...laterCommands.map(wordOf)]) ?? known,
  });
}

function unknownOption(chosen: Declaration, words: readonly string[]): UsageError | undefined {
  const names = optionNames(chosen);
  const given = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  for (const word of given) {
    const name = /^--[^=]+|^-[a-z]/iu.exec(word)?.[0];
    if (name === undefined || names.includes(name) || names.includes(name.replace(/^--no-/u, '--'))) continue;
    return noOption(name, word, names);
  }
  return undefined;
}

function noOption(name: string, word: string, names: readonly string[]): UsageError {
  const long = names.filter((one) => one.startsWith('--') && !/[A-Z]/u.test(one));
  const wanted = name.startsWith('--') ? name : `-${word}`;
  const hint = wanted.length > 3 ? didYouMean(wanted, long) : undefined;
  return new UsageError('USAGE', `there is no option ${name}`, { hint: hint ?? 'See --help.' });
}

function wrongChoice(chosen: Declaration, error: unknown): UsageError | undefined {
  const [, name = '', given = ''] = /Argument: ([\w-]+), Given: "([^]*?)", Choices/u.exec(messageOf(error)) ?? [];
  const choices = chosen.options.get(name)?.choices;
  if (choices === undefined) return undefined;
  const known = choices.map(String);
  return new UsageError('USAGE', `--${name} takes ${known.join(', ')}: not ${given}`, { hint: didYouMean(given, known) });
}

/** The parser's own words, but where they are about the argument: they count it without its name. */
function tooManyOrFew(chosen: Declaration, words: readonly string[], error: unknown): UsageError {
  const message = messageOf(error);
  const [name = 'argument'] = chosen.positionals.keys();
  const unknown = /^Unknown arguments?: (.*)$/u.exec(message)?.[1];
  const missing = /^Missing required argument: (\S+)$/u.exec(message)?.[1];
  const lacksValue = /^Not enough arguments following: (.*)$/u.exec(message)?.[1];
  if (message.startsWith('Not enough non-option arguments')) {
    const what = chosen.positionals.get(name)?.describe ?? name;
    return new UsageError('USAGE', `which ${name}? Nothing was named`, { hint: `${name}: ${what}. See --help.` });
  }
  const needed = missing === undefined ? undefined : chosen.options.get(missing);
  if (missing !== undefined && needed !== undefined) {
    const value = needed.value === undefined ? '' : ` ${needed.value}`;
    const names = [missing, ...[needed.alias ?? []].flat()].filter((one) => !/[A-Z]/u.test(one));
    const ways = names.map((one) => `--${one}${value}`).join(' or ');
    return new UsageError('USAGE', `--${missing} is missing`, { hint: `Add ${ways} (${needed.describe ?? ''}).` });
  }
  if (lacksValue !== undefined) {
    const option = `${lacksValue.length === 1 ? '-' : '--'}${lacksValue}`;
    return new UsageError('USAGE', `${option} wants a value`, { hint: 'See --help.' });
  }
  // Of letters that share one dash only the first was looked at: `-qx`.
  if (unknown?.length === 1 && !words.includes(unknown)) return noOption(`-${unknown}`, `-${unknown}`, []);
  const text = unknown === undefined ? message : `one ${name} is enough; there is also ${unknown}`;
  return new UsageError('USAGE', text, { hint: 'See --help.' });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
