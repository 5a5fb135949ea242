import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { narrator } from './narrator.js';

export interface CommandOptions {
  /** The database that `ormconfig.ts` is to open. */
  readonly url: string;
  /** How that database is named in the command that is shown, where it is not the one of `ormconfig.ts`. */
  readonly shownUrl?: string;
  /** What is shown instead of the words that are many: they stand before the first option. */
  readonly shown?: readonly string[];
  /** How many lines of what it printed are shown: all where it says nothing. */
  readonly lines?: number;
  /** Where it runs. */
  readonly folder: string;
  /** The exit code that it ends with when all is well. */
  readonly exit?: number;
}

/**
 * Types a command, runs the built program behind it, and shows what it printed.
 *
 * @throws Error when it ends otherwise than expected
 */
export async function runCommand(words: readonly [program: string, ...rest: string[]], options: CommandOptions): Promise<void> {
  const [program, ...rest] = words;
  const shownUrl = options.shownUrl === undefined ? [] : ['--url', options.shownUrl];
  const firstOption = rest.findIndex((word) => word.startsWith('-'));
  const shown = options.shown === undefined ? rest.map(shellWord) : [...options.shown, ...rest.slice(firstOption).map(shellWord)];
  narrator.command(['npx', program, ...shown, ...shownUrl].join(' '));
  const { output, exit } = await run(program, rest, options);
  const lines = output.trimEnd().split('\n');
  const more = lines.length - (options.lines ?? lines.length);
  if (output !== '')
    narrator.output(more > 0 ? [...lines.slice(0, -more), `… and ${String(more)} more lines`].join('\n') : output);
  if (exit !== (options.exit ?? 0)) throw new Error(`${program} ended with ${String(exit)}, not ${String(options.exit ?? 0)}`);
}

function run(
  program: string,
  words: readonly string[],
  { url, folder }: CommandOptions,
): Promise<{ readonly output: string; readonly exit: number | null }> {
  const script = join(import.meta.dirname, '..', 'portolan', 'bin', `${program}.js`);
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...words], {
      cwd: folder,
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
