import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { exportInSizes } from '../../src/export/export-objects.js';
import type { ExportSizes } from '../../src/export/export-sizes.js';
import { usualSizes } from '../../src/export/export-sizes.js';
import type { ExportOptions, FollowRule } from '../../src/index.js';
import { PortolanError } from '../../src/index.js';
import type { World } from './expected-closure.js';
import type { Lane } from './lane.js';
import { exportOptions } from './random-rules.js';

/** A depth that no closure reaches: where depth counts, every row is listed. */
const listed = { maxDepth: 1000 };

/** Wherever keys are named one by one, however few, and however many rows there are. */
const swept: ExportSizes = { ...usualSizes, sweep: { from: 1, rows: Infinity } };

const ways: readonly (readonly [name: string, options: Partial<ExportOptions>, sizes: ExportSizes])[] = [
  ['described, one reader', { jobs: 1 }, usualSizes],
  ['described, three readers, one key at a time', { jobs: 3 }, ofSize(1)],
  ['described, one reader, seven keys at a time', { jobs: 1 }, ofSize(7)],
  ['listed, three readers, seven keys at a time', { jobs: 3, ...listed }, ofSize(7)],
  ['listed, one reader, one key at a time', { jobs: 1, ...listed }, ofSize(1)],
  ['listed, two readers, tables read whole', { jobs: 2, ...listed }, swept],
  ['listed, one reader, tables read whole, each key in a file', { jobs: 1, ...listed, maxMemory: 1 }, swept],
  ['listed, three readers, each key in a file', { jobs: 3, ...listed, maxMemory: 1 }, usualSizes],
];

/** The same bytes, or the same refusal, whoever reads and however much at once. Returns what came of it. */
export async function checkSameBytes(
  lane: Lane,
  from: DataSource,
  { database, rules }: World,
  follow: FollowRule,
): Promise<string> {
  const asked = exportOptions(database, rules);
  let first: string | undefined;
  for (const [name, options, sizes] of ways) {
    const output = lane.file('same.json');
    const attempt = await outcome(from, { ...asked, ...options, follow, reproducible: true, force: true, output }, sizes);
    first ??= attempt;
    if (attempt !== first) throw new Error(`${name}: other bytes\nunder ${follow}, ${JSON.stringify(asked)}`);
  }
  return first?.startsWith('{') === true ? `bytes, ${follow}` : `refused, ${follow}`;
}

function ofSize(size: number): ExportSizes {
  return { ...usualSizes, batches: { integers: size, texts: size }, unit: size, links: size };
}

async function outcome(
  from: DataSource,
  options: ExportOptions & { readonly output: string },
  sizes: ExportSizes,
): Promise<string> {
  try {
    await exportInSizes(from, options, sizes);
    return readFileSync(options.output, 'utf8');
  } catch (error) {
    if (error instanceof PortolanError && error.status === 'refused') return error.code;
    throw error;
  }
}
