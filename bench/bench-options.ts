import { parseArgs } from 'node:util';
import type { Part } from './parts/part.js';
import { parts } from './parts/parts.js';

export interface BenchOptions {
  readonly sizes: readonly number[];
  readonly parts: readonly Part[];
  readonly runs: number;
  readonly profile: boolean;
  /** The run fails where a ratio is greater than this many times its target. */
  readonly check: number | undefined;
}

export function help(): string {
  const width = Math.max(...Object.keys(parts).map((name) => name.length));
  return `Measures Portolan against what a database does by itself, all on one server, and prints Markdown.

  npm run bench -- [--sizes 10k,100k,1M] [--parts export,import] [--runs 3] [--profile] [--check FACTOR]

Parts (default: all):
${Object.entries(parts)
  .map(([name, { about, at }]) => `  ${name.padEnd(width)}  ${about}${at === 'one size' ? ' (at one size, at most 1M)' : ''}`)
  .join('\n')}

--check FACTOR ends with 1 where a ratio is greater than FACTOR times its target.
--profile adds a run each under node --cpu-prof and prints where the processor's time went.
PORTOLAN_URL names a server to use; without it the benchmark brings its own.
`;
}

/** Undefined where help is asked for. @throws RangeError for what is no size, part, number of runs or factor */
export function benchOptions(words: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      sizes: { type: 'string', default: '10k,100k,1M' },
      parts: { type: 'string', default: Object.keys(parts).join(',') },
      runs: { type: 'string', default: '3' },
      check: { type: 'string' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    sizes: values.sizes.split(',').map(parseSize),
    parts: values.parts.split(',').map(parsePart),
    runs: parsePositive('runs', values.runs),
    check: values.check === undefined ? undefined : parsePositive('check', values.check),
    profile: values.profile,
  };
}

function parsePart(name: string): Part {
  const part = parts[name];
  if (part === undefined) throw new RangeError(`no part is named ${name}: there are ${Object.keys(parts).join(', ')}`);
  return part;
}

/** `10k`, `1M`, `250000`. */
function parseSize(text: string): number {
  const match = /^(\d+)([kM]?)$/u.exec(text.trim());
  if (match === null) throw new RangeError(`not a size: ${text}`);
  return Number(match[1]) * (match[2] === 'k' ? 1000 : match[2] === 'M' ? 1_000_000 : 1);
}

function parsePositive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new RangeError(`--${name} wants a number greater than 0, not ${text}`);
  return number;
}
