import type { DataSource } from 'typeorm';
import { removeTemporaryFiles } from '../archive/temporary-files.js';
import { FailedError, PortolanError, UsageError } from '../errors/portolan-error.js';
import { Findings } from '../findings/finding.js';
import type { Policy } from '../policy/policy.js';
import { progressReporter } from './progress-reporter.js';
import type { SharedArguments } from './shared-options.js';
import type { OnProgress } from '../progress.js';
import { writeFindings } from './write-findings.js';

/** What a command works with. */
export interface CommandContext {
  readonly findings: Findings;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Opens the data source of the options, and with it the policy; both are closed when the command ends. */
  open(): Promise<{ readonly dataSource: DataSource; readonly policy: Policy | undefined }>;
  /** Talk, on standard error; silent under `--quiet`. */
  say(text: string): void;
}

/** Ends a command: its exit code, and under `--json` its document. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly json: unknown;
}

const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a command, and makes of every way in which it can end an exit code (README, Exit codes), a message on standard error,
 * and what `--json` and `--findings` promise.
 */
export async function runCommand(
  args: SharedArguments,
  work: (context: CommandContext) => Promise<CommandOutcome>,
): Promise<void> {
  const findings = new Findings();
  const controller = new AbortController();
  const progress = await progressReporter(args.quiet);
  let dataSource: DataSource | undefined;
  const handlers = (Object.keys(signals) as (keyof typeof signals)[]).map((name) => {
    const handler = (): void => {
      interrupt(controller, signals[name]);
    };
    process.once(name, handler);
    return { name, handler };
  });
  const context: CommandContext = {
    findings,
    signal: controller.signal,
    onProgress: progress.onProgress,
    say: (text) => {
      if (!args.quiet) process.stderr.write(`${text}\n`);
    },
    open: async () => {
      const opened = await openDataSource(args);
      dataSource = opened.dataSource;
      return opened;
    },
  };
  try {
    const outcome = await work(context);
    progress.stop();
    if (args.json) await print(`${JSON.stringify(outcome.json)}\n`);
    process.exitCode = outcome.exitCode;
  } catch (error) {
    progress.stop();
    process.exitCode = await report(args, controller.signal.aborted ? interrupted(controller.signal) : error, findings);
  } finally {
    if (args.findings !== undefined) writeFindings(args.findings, findings.all);
    await dataSource?.destroy().catch(() => undefined);
    for (const { name, handler } of handlers) process.off(name, handler);
  }
}

async function openDataSource(args: SharedArguments): Promise<{ dataSource: DataSource; policy: Policy | undefined }> {
  if (args.profile !== undefined) {
    throw new UsageError('UNKNOWN_PROFILE', `there is no profile "${args.profile}"`, {
      hint: 'This version has no built-in profile: say it in a policy.',
    });
  }
  const { loadDataSource } = await import('../source/load-data-source.js');
  const { initializeDataSource } = await import('../source/initialize-data-source.js');
  const { loadPolicyFile } = await import('../source/load-policy-file.js');
  const loaded = await loadDataSource({ file: args.dataSource, url: args.url, exportName: args.exportName, cwd: process.cwd() });
  const file = await loadPolicyFile(args.policy, loaded.file);
  const policy =
    file === undefined ? undefined : await (await import('../policy/parse-policy.js')).parsePolicy(file.policy, file.file);
  await initializeDataSource(loaded.dataSource);
  return { dataSource: loaded.dataSource, policy };
}

/** The command gets the time to roll back and to remove its files; one that hangs is ended. */
function interrupt(controller: AbortController, exitCode: number): void {
  controller.abort(Object.assign(new Error('interrupted'), { exitCode }));
  setTimeout(() => {
    removeTemporaryFiles();
    process.exit(exitCode);
  }, 5000).unref();
}

function interrupted(signal: AbortSignal): unknown {
  return signal.reason;
}

async function report(args: SharedArguments, error: unknown, findings: Findings): Promise<number> {
  const signalCode = (error as { readonly exitCode?: unknown }).exitCode;
  if (!(error instanceof PortolanError) && typeof signalCode === 'number') {
    process.stderr.write('interrupted: nothing was left behind\n');
    return signalCode;
  }
  const known = error instanceof PortolanError ? error : unexpected(error);
  const lines = [`error: ${known.message}`];
  if (known.hint !== undefined) lines.push(known.hint);
  if (args.verbose) {
    if (known.detail !== undefined) lines.push(known.detail);
    if (known.cause instanceof Error && known.cause.stack !== undefined) lines.push(known.cause.stack);
  }
  process.stderr.write(`${lines.join('\n')}\n`);
  if (args.json) {
    await print(`${JSON.stringify({ status: known.status, code: known.code, error: known.message, findings: findings.all })}\n`);
  }
  return known.exitCode;
}

function unexpected(error: unknown): FailedError {
  return new FailedError('UNEXPECTED', 'something went wrong that Portolan did not foresee', {
    cause: error,
    detail: String(error),
    hint: 'Run it again with --verbose, and please report what it says.',
  });
}

function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => {
      resolve();
    });
  });
}
