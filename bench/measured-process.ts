import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ChildReport } from './children/options.js';

export type ChildName = 'export' | 'import' | 'copy-out' | 'copy-in';

/** A whole process, from its start to its end. */
export interface Measurement extends ChildReport {
  readonly seconds: number;
}

/**
 * Runs one measured process to its end.
 *
 * @param nodeOptions such as `--cpu-prof`
 * @throws Error with what the process wrote to standard error, when it fails
 */
export async function measuredProcess(
  child: ChildName,
  url: string,
  path: string,
  nodeOptions: readonly string[] = [],
): Promise<Measurement> {
  const script = join(import.meta.dirname, 'children', `${child}.js`);
  const start = performance.now();
  const { code, stdout, stderr } = await ended([...nodeOptions, script, '--url', url, '--path', path]);
  const seconds = (performance.now() - start) / 1000;
  const lastLine = stdout.trimEnd().split('\n').at(-1);
  if (code !== 0 || lastLine === undefined || lastLine === '') throw new Error(`${child} ended with ${String(code)}:\n${stderr}`);
  return { ...(JSON.parse(lastLine) as ChildReport), seconds };
}

function ended(
  argumentsOfNode: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argumentsOfNode, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, ...output });
    });
  });
}
