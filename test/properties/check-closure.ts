import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { ExportOptions } from '../../src/index.js';
import { exportObjects, PortolanError, verifyArchive } from '../../src/index.js';
import { archiveSet, differences, differingValues } from './archive-set.js';
import type { Closure } from '../../src/closure/closure.js';
import type { ExpectedClosure, World } from './expected-closure.js';
import { expectedClosure } from './expected-closure.js';
import type { Lane } from './lane.js';
import { exportOptions, followRules } from './random-rules.js';

/** A depth that no closure reaches. Where depth counts, every row is listed and none is described by what it holds. */
const listed = { maxDepth: 1000 };

/** Under each follow rule: the archive holds exactly what it must, whichever way its rows are found. The archives stay in the lane. Returns what came of it. */
export async function checkClosure(lane: Lane, from: DataSource, world: World): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const follow of followRules) {
    const asked = exportOptions(world.database, world.rules);
    const options = { ...asked, follow, reproducible: true, force: true } as const;
    const fail = (what: string): never => {
      throw new Error(`${what}\nunder ${follow}, ${JSON.stringify(asked)}`);
    };
    const expected = expectedClosure(world, follow);
    const [described, byList] = [lane.archive(follow), lane.file('listed.json')];
    const result = await attempt(from, { ...options, output: described });
    const again = await attempt(from, { ...options, ...listed, output: byList });
    if (expected.kind === 'refused' || 'refused' in result || 'refused' in again) {
      const wanted = expected.kind === 'refused' ? expected.codes : [];
      for (const one of [result, again]) {
        const got = 'refused' in one ? one.refused : 'no refusal';
        if (!wanted.includes(got)) fail(`${got} instead of ${wanted.join(' or ')}${'refused' in one ? `: ${one.message}` : ''}`);
        outcomes.push(`refused: ${got}`);
      }
      continue;
    }
    await verifyArchive(described);
    const found = archiveSet(described);
    const lines = [...differences(world.database, expected, found), ...differingValues(world.database, expected, found)];
    if (lines.length > 0) fail(lines.join('\n'));
    if (again.described.length > 0) fail('rows were described although depth counts');
    if (readFileSync(described, 'utf8') !== readFileSync(byList, 'utf8')) fail('described and listed rows differ');
    checkLeftOut(world, expected, result.leftOut, fail);
    if (expected.failing.size > 0) outcomes.push('taken: failing');
    if (world.whole.size > 0) outcomes.push('taken: whole');
    if (result.described.some((model) => world.rules.rows.some(({ table }) => `public.${table}` === model)))
      outcomes.push('taken: described by rules');
    for (const role of new Set(found.rows.values())) outcomes.push(`taken: ${role}`);
    if (expected.cut.size > 0) outcomes.push('taken: cut');
    for (const what of ['links', 'external', 'dangling'] as const) if (found[what].size > 0) outcomes.push(`taken: ${what}`);
    if (result.described.length > 0) outcomes.push('taken: described');
  }
  return outcomes;
}

/** Each row that stays at home is counted: by the rule that it fails, or with the one that it cannot be without. */
function checkLeftOut(
  { rules }: World,
  { failing, lost }: Extract<ExpectedClosure, { kind: 'taken' }>,
  leftOut: Closure['leftOut'],
  fail: (what: string) => never,
): void {
  // Rows that are beyond a border are counted, too, however they were met.
  if ([...rules.borders.values()].some(({ action }) => action === 'drop')) return;
  const tables = new Set([
    ...lost.keys(),
    ...[...failing.keys()].map((one) => one.slice(0, one.indexOf(' '))),
    ...leftOut.map(({ model }) => model.replace('public.', '')),
  ]);
  for (const table of tables) {
    const own = leftOut.filter(({ model }) => model === `public.${table}`);
    const counted = own.reduce((sum, { count }) => sum + count, 0);
    const met = [...failing].filter(([one]) => one.startsWith(`${table} `));
    const expected = met.reduce((sum, [, count]) => sum + count, 0) + (lost.get(table) ?? 0);
    if (counted !== expected) fail(`${table}: ${String(counted)} rows left out, ${String(expected)} expected`);
    for (const [one, count] of met) {
      const told = own.find(({ rule }) => `${table} ${rule}` === one)?.count ?? 0;
      if (told < count) fail(`${one}: ${String(told)} rows left out, at least ${String(count)} expected`);
    }
  }
}

type Attempt =
  | { readonly described: readonly string[]; readonly leftOut: Closure['leftOut'] }
  | { readonly refused: string; readonly message: string };

async function attempt(from: DataSource, options: ExportOptions): Promise<Attempt> {
  try {
    const { closure } = await exportObjects(from, options);
    return { described: [...closure.described.keys()], leftOut: closure.leftOut };
  } catch (error) {
    if (error instanceof PortolanError && error.status === 'refused') return { refused: error.code, message: error.message };
    throw error;
  }
}
