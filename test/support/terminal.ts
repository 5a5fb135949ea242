import { spawn, spawnSync } from 'node:child_process';
import type { Program } from './run.js';
import { programPath } from './run.js';

/** What a terminal sends for the end of the input and for an interrupt; and what begins every command to it. */
export const keys = { end: '\u0004', interrupt: '\u0003', escape: '\u001b' } as const;

export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Shell redirections: `>out 2>err`. */
  readonly redirect?: string;
  /** How wide the terminal is. */
  readonly columns?: number;
  /** Typed when `prompt` has appeared. */
  readonly types?: string;
  readonly prompt?: RegExp;
}

export interface TerminalResult {
  readonly code: number | null;
  /** Everything that the terminal showed, what was typed too. */
  readonly screen: string;
}

/** Why there is no pseudo terminal here; undefined where there is one. */
export function noTerminal(): string | undefined {
  const { status, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('util-linux') ? undefined : 'script of util-linux is not installed';
}

/** Runs a built program at a pseudo terminal: standard input, output and error are one, as they are for a person. */
export function runInTerminal(program: Program, words: readonly string[], options: TerminalOptions): Promise<TerminalResult> {
  const quoted = [process.execPath, programPath(program), ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const size = options.columns === undefined ? '' : `stty cols ${String(options.columns)}; `;
  const command = size + [...quoted, options.redirect ?? ''].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      cwd: options.cwd,
      env: { ...process.env, TERM: 'xterm', ...options.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let screen = '';
    let typed = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      if (typed || options.types === undefined || options.prompt?.test(screen) !== true) return;
      typed = true;
      child.stdin.write(options.types);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, screen: screen.replaceAll('\r\n', '\n') });
    });
  });
}
