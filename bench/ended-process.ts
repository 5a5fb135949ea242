import { spawn } from 'node:child_process';

export interface EndedProcess {
  /** From its start to its end. */
  readonly seconds: number;
  readonly stdout: string;
}

/**
 * Runs a program to its end.
 *
 * @throws Error with what it wrote to standard error, when it fails
 */
export function endedProcess(
  program: string,
  words: readonly string[],
  { env = {}, output }: { readonly env?: NodeJS.ProcessEnv; readonly output?: number } = {},
): Promise<EndedProcess> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, words, { stdio: ['ignore', output ?? 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, stdout });
      else reject(new Error(`${withoutPassword([program, ...words].join(' '))} ended with ${String(code)}:\n${stderr}`));
    });
  });
}

function withoutPassword(command: string): string {
  return command.replaceAll(/:[^:@/\s]+@/gu, ':…@');
}
