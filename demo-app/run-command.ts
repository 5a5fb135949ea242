import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { narrator } from './narrator.js';
import { projectRoot } from './project-root.js';

export interface CommandOptions {
  /** The database that `ormconfig.ts` is to open. */
  readonly url: string;
  /** The exit code that it ends with when all is well. */
  readonly exit?: number;
  /** Lines of the output that are shown. */
  readonly lines?: number;
}

/**
 * Types a command, runs the built program behind it from the project's root, and shows what it printed.
 *
 * @returns all that it wrote, standard error included, in the order of its arrival
 * @throws Error when it ends otherwise than expected
 */
export async function runCommand(words: readonly [program: string, ...rest: string[]], options: CommandOptions): Promise<string> {
  const [program, ...rest] = words;
  narrator.command(['npx', ...words.map(shellWord)].join(' '));
  const { output, exit } = await run(program, rest, options.url);
  narrator.output(output, { lines: options.lines ?? 40 });
  if (exit !== (options.exit ?? 0)) throw new Error(`${program} ended with ${String(exit)}, not ${String(options.exit ?? 0)}`);
  return output;
}

function run(program: string, words: readonly string[], url: string): Promise<{ readonly output: string; readonly exit: number | null }> {
  const script = join(import.meta.dirname, '..', 'src', 'bin', `${program}.js`);
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...words], {
      cwd: projectRoot(),
      env: { ...process.env, ...colour, PORTOLAN_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (exit) => {
      resolve({ output, exit });
    });
  });
}

function shellWord(word: string): string {
  return /^[\w./:=@,-]+$/u.test(word) ? word : `'${word}'`;
}
