import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { ExportOptions } from '../../src/index.js';
import { exportObjects, PortolanError, verifyArchive } from '../../src/index.js';
import { archiveSet, differences, differingValues } from './archive-set.js';
import type { World } from './expected-closure.js';
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
    if (again.described > 0) fail('rows were described although depth counts');
    if (readFileSync(described, 'utf8') !== readFileSync(byList, 'utf8')) fail('described and listed rows differ');
    for (const role of new Set(found.rows.values())) outcomes.push(`taken: ${role}`);
    if (expected.cut.size > 0) outcomes.push('taken: cut');
    for (const what of ['links', 'external', 'dangling'] as const) if (found[what].size > 0) outcomes.push(`taken: ${what}`);
    if (result.described > 0) outcomes.push('taken: described');
  }
  return outcomes;
}

type Attempt = { readonly described: number } | { readonly refused: string; readonly message: string };

async function attempt(from: DataSource, options: ExportOptions): Promise<Attempt> {
  try {
    return { described: (await exportObjects(from, options)).closure.described.size };
  } catch (error) {
    if (error instanceof PortolanError && error.status === 'refused') return { refused: error.code, message: error.message };
    throw error;
  }
}
