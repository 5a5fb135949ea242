import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { SourceMapPayload } from 'node:module';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** Both from 0 on. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Where the processor's time went, by function (self time), greatest first, of the profiles in a folder. */
export function topEntries(folder: string, count: number): readonly string[] {
  const times = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
    const names = new Map(
      nodes.map(({ id, callFrame }) => [id, `${callFrame.functionName || '(anonymous)'} ${placeOf(callFrame)}`]),
    );
    for (const [at, id] of samples.entries()) {
      const name = names.get(id) ?? '?';
      times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
    }
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, count);
  return sorted.map(([name, microseconds]) => `${(microseconds / 1000).toFixed(0).padStart(7)} ms  ${name}`);
}

const maps = new Map<string, SourceMap | undefined>();

/** Where a function begins in the source, not in what was compiled of it. */
function placeOf({ url, lineNumber, columnNumber }: CallFrame): string {
  if (!maps.has(url)) maps.set(url, mapOf(url));
  const { originalSource, originalLine } = (maps.get(url)?.findEntry(lineNumber, columnNumber) ?? {}) as {
    readonly originalSource?: string;
    readonly originalLine?: number;
  };
  const [path, line] = originalSource === undefined ? [url, lineNumber] : [originalSource, originalLine ?? 0];
  return `${path.split('/').slice(-3).join('/')}:${String(line + 1)}`;
}

function mapOf(url: string): SourceMap | undefined {
  const file = url.startsWith('file:') ? `${fileURLToPath(url)}.map` : '';
  if (file === '' || !existsSync(file)) return undefined;
  return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
}
