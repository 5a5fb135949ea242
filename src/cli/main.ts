import type { Argv, CommandModule } from 'yargs';
import { FailedError, PortolanError } from '../errors/portolan-error.js';
import { answerHelp } from './answer-help.js';
import { checkWords, withoutSeparator } from './check-words.js';
import { declarationOf } from './help.js';
import { refuseNotAvailable } from './not-available.js';
import { watchStreams } from './print.js';
import { writeFindings } from './write-findings.js';

/** Runs one of the programs: `portolan` with its commands, or one command as a program of its own. */
export async function main(program: string, modules: readonly object[], words: readonly string[]): Promise<void> {
  const commands = modules as readonly CommandModule[];
  watchStreams();
  try {
    if (answerHelp(program, commands, words)) return;
    const declared = new Set(commands.flatMap((command) => [...declarationOf(command).options.keys()]));
    refuseNotAvailable(words, (option) => declared.has(option));
    checkWords(commands, words);
    await (await parserOf(commands, withoutSeparator(words))).parseAsync();
  } catch (error) {
    const known =
      error instanceof PortolanError
        ? error
        : (systemError(error) ?? (await import('./usage-error.js')).usageError(commands, words, error));
    process.stderr.write(`error: ${known.message}\n${known.hint === undefined ? '' : `${known.hint}\n`}`);
    if (words.some((word) => word === '--json' || word === '--json=true')) {
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
  if (syscall === 'uv_cwd') return new FailedError('FILE_ERROR', 'the current folder is not there any more', { cause: error });
  return syscall === undefined
    ? undefined
    : new FailedError('FILE_ERROR', `${path ?? 'a file of Portolan'}: ${String(error)}`, { cause: error });
}

async function parserOf(commands: readonly CommandModule[], words: readonly string[]): Promise<Argv> {
  const { default: yargs } = await import('yargs');
  let parser: Argv = yargs([...words])
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

/** The file of `--findings` in words that could not be parsed: it is written whatever the outcome. */
function findingsFile(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--findings' || word.startsWith('--findings='));
  const file = words[at]?.startsWith('--findings=') === true ? words[at].slice('--findings='.length) : words[at + 1];
  return at < 0 || file === undefined || file === '' || file.startsWith('-') ? undefined : file;
}
