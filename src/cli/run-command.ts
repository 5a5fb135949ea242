import { setMaxListeners } from 'node:events';
import { writeSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { FailedError, PortolanError } from '../errors/portolan-error.js';
import { Findings } from '../findings/finding.js';
import type { Opened, OpenFor } from './open-data-source.js';
import { openDataSource } from './open-data-source.js';
import { beginInterruptible, endInterruptible, Interruption } from './interruption.js';
import { checkFiles, checkNames } from './check-files.js';
import { checkStandardOutput } from './check-standard-output.js';
import { print } from './print.js';
import { progressReporter } from './progress-reporter.js';
import type { SharedArguments } from './shared-options.js';
import { talkAside } from './talk-aside.js';
import type { OnQuery } from '../dialect/query-event.js';
import type { OnProgress } from '../progress.js';

/** What a command works with. */
export interface CommandContext {
  readonly findings: Findings;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Under `--verbose`. */
  readonly onQuery: OnQuery | undefined;
  /** Opens the data source of the options, and with it policy and profile; it is closed when the command ends. */
  open(use?: OpenFor): Promise<Opened>;
  /** Talk, on standard error; silent under `--quiet`. */
  say(text: string): void;
}

/** What every function of the library takes of it. */
export function libraryOptions({
  findings,
  signal,
  onProgress,
  onQuery,
}: CommandContext): Pick<CommandContext, 'findings' | 'signal' | 'onProgress' | 'onQuery'> {
  return { findings, signal, onProgress, onQuery };
}

/** Ends a command: its exit code, and under `--json` its document. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly json: unknown;
}

/**
 * Runs a command, and makes of every way in which it can end an exit code (README, Exit codes), a message on standard error,
 * and what `--json` and `--findings` promise.
 */
export async function runCommand(
  args: SharedArguments,
  work: (context: CommandContext) => Promise<CommandOutcome>,
): Promise<void> {
  const findings = new Findings();
  let clear = (): void => undefined;
  const signal = beginInterruptible((message) => {
    clear();
    process.stderr.write(`${message}\n`);
    if (args.json) printAtOnce(failureLine('failed', 'INTERRUPTED', message, findings));
  });
  // Each of any number of readers listens.
  setMaxListeners(0, signal);
  const queries = args.verbose && !args.quiet ? new (await import('./query-log.js')).QueryLog() : undefined;
  const progress = await progressReporter(args.quiet);
  clear = () => {
    progress.clear();
  };
  let dataSource: DataSource | undefined;
  const context: CommandContext = {
    findings,
    signal,
    onProgress: progress.onProgress,
    onQuery: queries?.onQuery,
    say: (text) => {
      clear();
      if (!args.quiet) process.stderr.write(`${text}\n`);
    },
    open: async (use) => {
      // What is left behind when it is aborted must not keep standard output.
      const opened = await talkAside(() => orAborted(openDataSource(args, use), signal));
      dataSource = opened.dataSource;
      return opened;
    },
  };
  let findingsFile: string | undefined;
  try {
    checkFiles(args);
    checkNames({ findings: args.findings });
    if (args.findings !== undefined) (await import('./write-findings.js')).checkFindingsPlace(args.findings);
    findingsFile = args.findings;
    checkNames(args);
    checkStandardOutput(args);
    const outcome = await work(context);
    clear();
    if (args.json) await print(`${JSON.stringify(outcome.json)}\n`);
    // Standard output may have failed meanwhile.
    process.exitCode ||= outcome.exitCode;
  } catch (error) {
    clear();
    process.exitCode = await report(args, signal.aborted && !tellsOfCommit(error) ? signal.reason : error, findings);
  } finally {
    if (findingsFile !== undefined) (await import('./write-findings.js')).writeFindings(findingsFile, findings.all);
    if (queries !== undefined && !queries.isEmpty) process.stderr.write(`${await queries.summary()}\n`);
    await dataSource?.destroy().catch(() => undefined);
    // Nothing is under way any more, but a connection that is being made would be waited for.
    if (process.exitCode !== 0 && signal.aborted) process.exit();
    endInterruptible();
  }
}

/** What cannot be stopped is left behind. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  work.catch(() => undefined);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    }),
  ]);
}

async function report(args: SharedArguments, error: unknown, findings: Findings): Promise<number> {
  if (error instanceof Interruption) {
    process.stderr.write(`${error.message}\n`);
    if (args.json) await printFailure('failed', 'INTERRUPTED', error.message, findings);
    return error.exitCode;
  }
  const known = error instanceof PortolanError ? error : unexpected(error);
  const lines = [`error: ${known.message}`];
  if (known.hint !== undefined) lines.push(known.hint);
  if (args.verbose) {
    if (known.detail !== undefined) lines.push(known.detail);
    if (known.cause instanceof Error && known.cause.stack !== undefined) lines.push(known.cause.stack);
  }
  process.stderr.write(`${lines.join('\n')}\n`);
  if (args.json) await printFailure(known.status, known.code, known.message, findings);
  return known.exitCode;
}

/** A signal that comes during the commit is too late: nobody may be told that nothing was left behind. */
function tellsOfCommit(error: unknown): boolean {
  return (
    error instanceof PortolanError && ['COMMIT_UNKNOWN', 'ID_MAP_MISSING', 'RECORD_MISSING', 'FILES_MISSING'].includes(error.code)
  );
}

/** Where standard output itself is what failed, standard error has said so. */
async function printFailure(status: string, code: string, error: string, findings: Findings): Promise<void> {
  await print(failureLine(status, code, error, findings)).catch(() => undefined);
}

function failureLine(status: string, code: string, error: string, { all }: Findings): string {
  return `${JSON.stringify({ status, code, error, findings: all })}\n`;
}

/** For a process that ends now, whoever reads or not. */
function printAtOnce(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // Nobody takes it: standard error has said so.
  }
}

function unexpected(error: unknown): FailedError {
  return new FailedError('UNEXPECTED', 'something went wrong that Portolan did not foresee', {
    cause: error,
    detail: String(error),
    hint: 'Run it again with --verbose, and please report what it says.',
  });
}
