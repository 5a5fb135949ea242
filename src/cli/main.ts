import type { Argv, CommandModule } from 'yargs';
import yargs from 'yargs';
import { didYouMean } from '../errors/nearest-names.js';
import { FailedError, PortolanError, UsageError } from '../errors/portolan-error.js';
import { toolVersion } from '../tool-version.js';
import { refuseNotAvailable } from './not-available.js';
import { watchStreams } from './print.js';
import { writeFindings } from './write-findings.js';

/** Runs one of the programs: `portolan` with its commands, or one command as a program of its own. */
export async function main(program: string, commands: readonly object[], words: readonly string[]): Promise<void> {
  watchStreams();
  try {
    refuseNotAvailable(words);
    await parserOf(program, commands, words).parseAsync();
  } catch (error) {
    const known =
      error instanceof PortolanError ? error : (systemError(error) ?? (await usageError(program, commands, words, error)));
    process.stderr.write(`error: ${known.message}\n${known.hint === undefined ? '' : `${known.hint}\n`}`);
    if (words.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ status: known.status, code: known.code, error: known.message, findings: [] })}\n`);
    }
    process.exitCode = known.exitCode;
    const findings = findingsFile(words);
    if (findings !== undefined) writeFindings(findings, []);
  }
}

/** The operating system failed us before there was a command: no file of our own could be read. */
function systemError(error: unknown): PortolanError | undefined {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return syscall === undefined
    ? undefined
    : new FailedError('FILE_ERROR', `${path ?? 'a file of Portolan'}: ${String(error)}`, { cause: error });
}

function parserOf(program: string, commands: readonly object[], words: readonly string[]): Argv {
  let parser: Argv = yargs([...words])
    .scriptName(program)
    .version(toolVersion())
    .parserConfiguration({ 'duplicate-arguments-array': false, 'greedy-arrays': false, 'parse-positional-numbers': false })
    .strict()
    .help()
    .wrap(Math.min(120, process.stdout.columns || 100))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string, error: Error | undefined) => {
      throw error ?? new Error(message);
    });
  if (commands.length > 1) parser = parser.usage('$0 <command>: moves object graphs between databases');
  for (const command of commands) parser = parser.command(command as CommandModule);
  return commands.length > 1 ? parser.demandCommand(1, 'which command? See --help').recommendCommands() : parser;
}

/** yargs tells what it lacks before what it does not know; an option that nobody knows is the cause more often. */
async function usageError(
  program: string,
  commands: readonly object[],
  words: readonly string[],
  error: unknown,
): Promise<UsageError> {
  const message = error instanceof Error ? error.message : String(error);
  const [first = ''] = words;
  if (commands.length > 1 && first !== '' && !first.startsWith('-')) {
    const known = commands.map((command) => String((command as CommandModule).command).split(' ')[0] ?? '');
    if (!known.includes(first))
      return new UsageError('USAGE', `there is no command ${first}`, { hint: didYouMean(first, known) ?? 'See --help.' });
  }
  const help = await helpText(program, commands, commands.length > 1 && !first.startsWith('-') ? [first] : []);
  const names = new Set([...help.matchAll(/--([\w-]+)/gu)].map((match) => match[1] ?? ''));
  const given = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  const unknown = given
    .map((word) => /^--(?:no-)?([^=]+)/u.exec(word)?.[1])
    .find((name) => name !== undefined && !names.has(name));
  if (unknown === undefined) return new UsageError('USAGE', message, { hint: 'See --help.' });
  const known = [...names].filter((name) => !/[A-Z]/u.test(name)).map((name) => `--${name}`);
  return new UsageError('USAGE', `there is no option --${unknown}`, { hint: didYouMean(`--${unknown}`, known) ?? 'See --help.' });
}

/** What `--help` would print. */
function helpText(program: string, commands: readonly object[], command: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    void parserOf(program, commands, []).parse([...command, '--help'], {}, (_error: unknown, _argv: unknown, output: string) => {
      resolve(output);
    });
  });
}

/** The file of `--findings` in words that could not be parsed: it is written whatever the outcome. */
function findingsFile(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--findings' || word.startsWith('--findings='));
  const file = words[at]?.startsWith('--findings=') === true ? words[at].slice('--findings='.length) : words[at + 1];
  return at < 0 || file === undefined || file === '' || file.startsWith('-') ? undefined : file;
}
