import { join } from 'node:path';
import type { ChildOptions, ChildReport } from './children/options.js';
import { childWords } from './children/options.js';
import { endedProcess } from './ended-process.js';

export type ChildName = 'export' | 'import' | 'delete' | 'undo' | 'copy-out' | 'copy-in' | 'plain-delete';

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
  options: ChildOptions,
  nodeOptions: readonly string[] = [],
): Promise<Measurement> {
  const words = [...nodeOptions, childScript(child), ...childWords(options)];
  const { seconds, stdout } = await endedProcess(process.execPath, words);
  const lastLine = stdout.trimEnd().split('\n').at(-1) ?? '';
  return { ...(JSON.parse(lastLine) as ChildReport), seconds };
}

export function childScript(name: ChildName | 'connect' | 'delaying-proxy'): string {
  return join(import.meta.dirname, 'children', `${name}.js`);
}
