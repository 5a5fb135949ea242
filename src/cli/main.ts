import type { Argv, CommandModule } from 'yargs';
import yargs from 'yargs';
import { didYouMean } from '../errors/nearest-names.js';
import { PortolanError, UsageError } from '../errors/portolan-error.js';
import { toolVersion } from '../tool-version.js';
import { refuseNotAvailable } from './not-available.js';

/** Runs one of the programs: `portolan` with its commands, or one command as a program of its own. */
export async function main(program: string, commands: readonly object[], words: readonly string[]): Promise<void> {
  try {
    refuseNotAvailable(words);
    let parser: Argv = yargs([...words])
      .scriptName(program)
      .usage(commands.length > 1 ? '$0 <command>: moves object graphs between databases' : '')
      .version(toolVersion())
      .parserConfiguration({ 'duplicate-arguments-array': false, 'greedy-arrays': false, 'parse-positional-numbers': false, 'strip-aliased': false })
      .strict()
      .help()
      .wrap(Math.min(120, process.stdout.columns || 100))
      .exitProcess(false)
      .showHelpOnFail(false)
      .fail((message: string, error: Error | undefined, self: Argv) => {
        throw error ?? usageError(message, self);
      });
    for (const command of commands) parser = parser.command(command as unknown as CommandModule);
    if (commands.length > 1) parser = parser.demandCommand(1, 'which command? See --help').recommendCommands();
    await parser.parseAsync();
  } catch (error) {
    const known = error instanceof PortolanError ? error : new UsageError('USAGE', error instanceof Error ? error.message : String(error));
    process.stderr.write(`error: ${known.message}\n${known.hint === undefined ? '' : `${known.hint}\n`}`);
    if (words.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ status: known.status, code: known.code, error: known.message, findings: [] })}\n`);
    }
    process.exitCode = known.exitCode;
  }
}

/** yargs tells which options it does not know; the nearest ones that it does are more help. */
function usageError(message: string, parser: Argv): UsageError {
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/u.exec(message)?.[1]?.split(', ')[0];
  if (unknown === undefined) return new UsageError('USAGE', message, { hint: 'See --help.' });
  const known = (parser as unknown as { readonly parsed: { readonly aliases: Readonly<Record<string, readonly string[]>> } | false }).parsed;
  const names = known === false ? [] : Object.entries(known.aliases).flatMap(([name, aliases]) => [name, ...aliases]);
  const options = [...new Set(names)].filter((name) => name.length > 1 && !/[A-Z]/u.test(name)).map((name) => `--${name}`);
  return new UsageError('USAGE', `unknown option or command: ${unknown}`, { hint: didYouMean(`--${unknown}`, options) ?? 'See --help.' });
}
