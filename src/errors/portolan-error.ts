/**
 * Every failure that Portolan foresees. The class says who has to act, and so which exit code the command line gives
 * (see the table in README.md): 1 it failed, 2 it was asked wrongly, 3 it refused.
 *
 * `message` never holds a row's value. What does goes into `detail`, which is shown only under `--verbose`.
 */
export abstract class PortolanError extends Error {
  abstract readonly exitCode: 1 | 2 | 3;
  abstract readonly status: 'failed' | 'refused';
  /** A stable upper-case name, listed in `errors/error-codes.ts`. */
  readonly code: string;
  /** What to do about it: one sentence. */
  readonly hint: string | undefined;
  /** Text that may hold row values. */
  readonly detail: string | undefined;

  constructor(code: string, message: string, options: PortolanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.detail = options.detail;
  }
}

export interface PortolanErrorOptions {
  readonly hint?: string | undefined;
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** The world did not let us: connection, rights, disk, a data source that does not load, a defect. Exit code 1. */
export class FailedError extends PortolanError {
  readonly exitCode = 1;
  readonly status = 'failed';
}

/** The caller named something that is not there, or asked for what cannot be combined. Exit code 2. */
export class UsageError extends PortolanError {
  readonly exitCode = 2;
  readonly status = 'failed';
}

/** Doing it would break a promise: conflict, boundary, budget, damaged archive, a race. Nothing was written. Exit code 3. */
export class RefusedError extends PortolanError {
  readonly exitCode = 3;
  readonly status = 'refused';
}
