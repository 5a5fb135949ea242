import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Where the processor's time went, by function (self time), greatest first, of the profiles in a folder. */
export function topEntries(folder: string, count: number): readonly string[] {
  const times = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
    const names = new Map(
      nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
        id,
        `${functionName || '(anonymous)'} ${url.split('/').slice(-3).join('/')}:${String(lineNumber + 1)}`,
      ]),
    );
    for (const [at, id] of samples.entries()) {
      const name = names.get(id) ?? '?';
      times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
    }
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, count);
  return sorted.map(([name, microseconds]) => `${(microseconds / 1000).toFixed(0).padStart(7)} ms  ${name}`);
}
