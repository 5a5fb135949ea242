import type { CommandModule } from 'yargs';
import { FailedError, PortolanError } from '../errors/portolan-error.js';
import { answerHelp } from './answer-help.js';
import { checkWords } from './check-words.js';
import { declarationOf } from './help.js';
import { refuseNotAvailable } from './not-available.js';
import { watchStreams } from './print.js';

/** Runs one of the programs: `portolan` with its commands, or one command as a program of its own. */
export async function main(program: string, modules: readonly object[], words: readonly string[]): Promise<void> {
  const commands = modules as readonly CommandModule[];
  watchStreams();
  try {
    if (answerHelp(program, commands, words)) return;
    const declared = new Set(commands.flatMap((command) => [...declarationOf(command).options.keys()]));
    refuseNotAvailable(words, (option) => declared.has(option));
    checkWords(commands, words);
    const { parserOf } = await import('./parser-of.js');
    await parserOf(commands, words).parseAsync();
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
    if (findings !== undefined) (await import('./write-findings.js')).writeFindings(findings, []);
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

/** The file of `--findings` in words that could not be parsed: it is written whatever the outcome. */
function findingsFile(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--findings' || word.startsWith('--findings='));
  const file = words[at]?.startsWith('--findings=') === true ? words[at].slice('--findings='.length) : words[at + 1];
  return at < 0 || file === undefined || file === '' || file.startsWith('-') ? undefined : file;
}
