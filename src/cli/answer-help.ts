import type { CommandModule } from 'yargs';
import { toolVersion } from '../tool-version.js';
import { declarationOf, helpOfAll, helpOfLater, helpOfOne } from './help.js';
import { laterCommands, wordOf } from './later-commands.js';

/** Answers `--help`, `-h`, `--version` and `portolan help`; false where nobody asked, or where what is asked about is unknown. */
export function answerHelp(program: string, commands: readonly CommandModule[], words: readonly string[]): boolean {
  const before = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  if (before.includes('--version')) return print(toolVersion());
  const isHelpCommand = commands.length > 1 && before[0] === 'help';
  if (!isHelpCommand && !before.includes('--help') && !before.includes('-h')) return false;
  const width = Math.min(120, process.stdout.columns || 100);
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) return print(helpOfOne(program, declarationOf(only), width));
  const name = before.find((word, at) => !word.startsWith('-') && !(isHelpCommand && at === 0));
  if (name === undefined) return print(helpOfAll(program, commands.map(declarationOf), laterCommands.map(wordOf), width));
  const later = laterCommands.find((command) => wordOf(command) === name);
  if (later !== undefined) return print(helpOfLater(program, later, width));
  const chosen = commands.map(declarationOf).find((command) => wordOf(command) === name);
  return chosen !== undefined && print(helpOfOne(program, chosen, width));
}

function print(text: string): true {
  process.stdout.write(`${text}\n`);
  return true;
}
