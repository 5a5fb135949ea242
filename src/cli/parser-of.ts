import type { Argv, CommandModule } from 'yargs';
import yargs from 'yargs';
import { withoutSeparator } from './check-words.js';

/** What reads the words of a command line, and runs the command that they name. */
export function parserOf(commands: readonly CommandModule[], words: readonly string[]): Argv {
  let parser: Argv = yargs([...withoutSeparator(words)])
    // What it refuses is told in our words: by its own, which would be those of the user's language.
    .locale('en')
    .version(false)
    .parserConfiguration({
      ...{ 'greedy-arrays': false, 'parse-positional-numbers': false },
      // An option of this very name denies no other.
      'boolean-negation': !words.includes('--no-archive'),
    })
    .strict()
    .help(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string, error: Error | undefined) => {
      throw error ?? new Error(message);
    });
  for (const command of commands) parser = parser.command(command);
  return commands.length > 1 ? parser.demandCommand(1) : parser;
}
