import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveObject, ArchiveTrailer, Explanation, RowPolicyHook, SeedPolicy } from '../../src/index.js';
import { explainObjects, exportObjects } from '../../src/index.js';
import { openProfile } from '../../src/profiles/open-profile.js';
import type { ProfileValues } from '../../src/profiles/profile.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { dataSourceOf } from '../../src/source/data-source-of.js';

/** What left of a Zulip server. */
export interface ZulipExport {
  readonly trailer: ArchiveTrailer;
  /** By model (`zerver.message`), each object by its key. */
  readonly objects: ReadonlyMap<string, ReadonlyMap<number, ArchiveObject['fields']>>;
  /** How many rows stayed at home by a rule. */
  readonly leftOut: (model: string, rule: string) => number;
  readonly ids: (model: string) => readonly number[];
  readonly external: (model: string) => readonly number[];
  /** Models whose rows were read by what they hold, and never listed. */
  readonly described: readonly string[];
}

/**
 * Exports objects of a Zulip server, with the profile's options as on the command line.
 *
 * @param change what becomes of the rules of rows, to see what breaks then
 */
export async function exportZulip(
  url: string,
  objects: readonly string[],
  values: ProfileValues = {},
  change: (told: SeedPolicy) => SeedPolicy = (told) => told,
): Promise<ZulipExport> {
  const dataSource = await dataSourceOf(url);
  const opened = await openProfile({ profile: zulip, dataSource, values, exports: true });
  const folder = mkdtempSync(join(tmpdir(), 'portolan-zulip-'));
  try {
    const output = join(folder, 'out.json');
    const rowPolicy: RowPolicyHook = async (context) => change((await opened.rowPolicy?.(context)) ?? {});
    const asked = { objects, output, reproducible: true, includeSecrets: ['*'], ...opened, rowPolicy };
    const { closure } = await exportObjects(dataSource, asked);
    const { objects: all, trailer } = JSON.parse(readFileSync(output, 'utf8')) as {
      objects: readonly ArchiveObject[];
      trailer: ArchiveTrailer;
    };
    const byModel = new Map<string, Map<number, ArchiveObject['fields']>>();
    for (const { model, pk, fields } of all) {
      const rows = byModel.get(model) ?? new Map<number, ArchiveObject['fields']>();
      byModel.set(model, rows.set(Number(pk), fields));
    }
    return {
      trailer,
      objects: byModel,
      described: [...closure.described.keys()],
      leftOut: (model, rule) => trailer.leftOut.find((one) => one.model === model && one.rule === rule)?.count ?? 0,
      ids: (model) => [...(byModel.get(model)?.keys() ?? [])].sort((a, b) => a - b),
      external: (model) => trailer.external.flatMap((one) => (one.model === model ? [Number(one.pk)] : [])).sort((a, b) => a - b),
    };
  } finally {
    await dataSource.destroy();
    rmSync(folder, { recursive: true });
  }
}

/** The same, explained. */
export async function explainZulip(
  url: string,
  objects: readonly string[],
  values: ProfileValues,
  why?: string,
): Promise<Explanation> {
  const dataSource = await dataSourceOf(url);
  const opened = await openProfile({ profile: zulip, dataSource, values, exports: true });
  try {
    return await explainObjects(dataSource, { objects, why, ...opened });
  } finally {
    await dataSource.destroy();
  }
}
