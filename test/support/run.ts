import { spawn } from 'node:child_process';
import { join } from 'node:path';

export type Program = 'portolan' | 'exportobjects' | 'importobjects' | 'deleteobjects';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it reads from standard input; nothing when absent. */
  readonly input?: string | Buffer;
  /** Ends the program by this signal. */
  readonly signal?: AbortSignal;
  readonly killSignal?: NodeJS.Signals;
}

export interface RunResult {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it, where it did not end by itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the built program is that belongs to the code under test. */
export function programPath(program: Program): string {
  return join(import.meta.dirname, '..', '..', 'portolan', 'bin', `${program}.js`);
}

/** Runs a built program to its end, whatever its end is. */
export function run(program: Program, words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [programPath(program), ...words], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      killSignal: options.killSignal ?? 'SIGTERM',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', (error) => {
      if (error.name !== 'AbortError') reject(error);
    });
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') });
    });
    // It may end without reading its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  });
}
