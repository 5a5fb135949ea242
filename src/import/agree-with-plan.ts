import type { ArchiveReader } from '../archive/open-archive.js';
import type { PlanReader } from '../changes/open-plan.js';
import { UsageError } from '../errors/portolan-error.js';
import type { ConflictStrategy, RemapRule } from '../terms.js';
import type { ImportOptions } from './import-options.js';
import { idMapDigest } from './read-id-map.js';

/** What decides, of the options of an import, as a plan tells it. */
export interface PlannedOptions {
  readonly onConflict: ConflictStrategy;
  readonly remap?: RemapRule;
  readonly offset?: number;
  readonly ignoreNonexistent?: true;
  /** The digests of the maps. */
  readonly withIdMap?: readonly string[];
  /** Whether files are put in their places. */
  readonly files?: true;
}

/** What was asked for, with the defaults; of an archive that was read, whether its files are brought, too. */
export async function plannedOptions(options: ImportOptions, archive?: ArchiveReader): Promise<PlannedOptions> {
  const { remap, offset, ignoreNonexistent, withIdMap = [], files, noFiles } = options;
  const { count = 0 } = archive?.trailer?.files ?? {};
  const maps = await Promise.all(withIdMap.map(idMapDigest));
  return {
    onConflict: options.onConflict ?? (remap !== undefined || offset !== undefined ? 'remap' : 'fail'),
    ...(remap === undefined ? {} : { remap }),
    ...(offset === undefined ? {} : { offset }),
    ...(ignoreNonexistent === true ? { ignoreNonexistent } : {}),
    ...(maps.length === 0 ? {} : { withIdMap: maps.sort() }),
    ...(files === undefined || noFiles === true || count === 0 ? {} : { files: true as const }),
  };
}

/**
 * The options under which a plan was made; those that are given again must agree. Files have no place in a plan: maps are named again,
 * and so is where the archive's files belong.
 *
 * @throws UsageError OPTION_VALUE
 */
export async function agreeWithPlan(options: ImportOptions, { path, header }: PlanReader): Promise<ImportOptions> {
  const then = header.options as unknown as PlannedOptions;
  const given = await plannedOptions(options);
  const named = {
    '--on-conflict': [options.onConflict, then.onConflict],
    '--remap': [options.remap, then.remap],
    '--offset': [options.offset, then.offset],
    '--ignore-nonexistent': [given.ignoreNonexistent, then.ignoreNonexistent],
  } as const;
  for (const [option, [now, was]] of Object.entries(named)) {
    if (now === undefined || now === was) continue;
    const told = now === true ? option : `${option} ${String(now)}`;
    throw contradiction(path, `${told}: it was made ${was === undefined ? 'without' : `with ${String(was)}`}`);
  }
  if (JSON.stringify(given.withIdMap) !== JSON.stringify(then.withIdMap)) {
    const what =
      then.withIdMap === undefined ? 'without any' : `with ${String(then.withIdMap.length)}, of other content than is named now`;
    throw contradiction(path, `--with-id-map: it was made ${what}`);
  }
  const { onConflict, remap, offset, ignoreNonexistent } = then;
  return { ...options, onConflict, remap, offset, ignoreNonexistent };
}

/** To be asked when the archive was read. @throws UsageError OPTION_VALUE */
export function refuseOtherFiles({ path, header }: PlanReader, { files }: PlannedOptions): void {
  const then = header.options as unknown as PlannedOptions;
  if (files === then.files) return;
  const what = then.files === true ? 'it puts the files of the archive in their places' : 'it leaves the files in the archive';
  throw contradiction(path, `--files: ${what}`);
}

function contradiction(path: string, what: string): UsageError {
  return new UsageError('OPTION_VALUE', `${path}, ${what}`, {
    hint: 'A plan is executed under the options that it was made under; maps and --files are named again. Or make it anew.',
  });
}
