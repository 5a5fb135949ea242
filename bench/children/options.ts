import { parseArgs } from 'node:util';
import type { KeyType } from '../organisation-schema.js';
import { peakMemory } from './peak-memory.js';

/** What an import is to meet: empty tables; a target of which a dry run says that it is all there, or all taken; one where all get new keys. */
export type Meeting = 'empty' | 'empty, bulk' | 'empty, with a journal' | 'same' | 'taken' | 'others';

/** What the parent tells a measured process. */
export interface ChildOptions {
  readonly url: string;
  /** The file or folder that it reads or writes. */
  readonly path: string;
  readonly organisation: number;
  readonly keys: KeyType;
  readonly meets: Meeting;
  /** Bytes that an export's listed keys may take in memory. */
  readonly maxMemory?: number | undefined;
  /** Whether an export draws a bar, as on a terminal. */
  readonly draws?: boolean | undefined;
}

/** What a measured process did, for its parent: the last line of its standard output. */
export interface ChildReport {
  readonly objects: number;
  readonly links: number;
  readonly bytes: number;
  readonly queries: number;
  /** Keys that an export listed; 0 where it does not say. */
  readonly listed: number;
  /** From when its modules were loaded to its end. */
  readonly innerSeconds: number;
  /** Kilobytes. */
  readonly maxRss: number;
  /** Of an import, the part of the seconds in which it read back what it had written. */
  readonly readBackSeconds?: number;
  /** Of an export that draws a bar, the part of the seconds that this took. */
  readonly drawingSeconds?: number;
}

/** The journal of what was done with an archive. */
export function journalOf(archive: string): string {
  return `${archive}.journal`;
}

/** Of counts by model. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function childWords(options: ChildOptions): readonly string[] {
  return ['--options', JSON.stringify(options)];
}

let start = 0;

/** Where a child begins: its modules are loaded by then. */
export function childOptions(): ChildOptions {
  start = performance.now();
  const { values } = parseArgs({ options: { options: { type: 'string' } } });
  if (values.options === undefined) throw new TypeError('a measured process needs --options');
  return JSON.parse(values.options) as ChildOptions;
}

export function report(done: Omit<ChildReport, 'maxRss' | 'innerSeconds'>): void {
  const innerSeconds = (performance.now() - start) / 1000;
  process.stdout.write(`${JSON.stringify({ ...done, innerSeconds, maxRss: peakMemory() } satisfies ChildReport)}\n`);
}
