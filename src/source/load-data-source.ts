import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { didYouMean } from '../errors/nearest-names.js';
import { UsageError } from '../errors/portolan-error.js';
import { findFile } from './find-file.js';
import { brokenModule, loadModule } from './load-module.js';
import { makeSafe } from './safe-options.js';

export interface DataSourceFile {
  /** Without it, `ormconfig.*` is looked for in `cwd` and above. */
  readonly file?: string | undefined;
  /** Replaces the connection; the entities stay. */
  readonly url?: string | undefined;
  /** Which export, where there are several. */
  readonly exportName?: string | undefined;
  readonly cwd: string;
}

const names = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((extension) => `ormconfig.${extension}`);

/**
 * Loads the user's data source, and makes it safe to open: nothing that it says of synchronizing, dropping or migrating
 * will happen. It is not opened.
 *
 * @throws UsageError NO_DATA_SOURCE, DATA_SOURCE_AMBIGUOUS, INVALID_URL; FailedError DATA_SOURCE_BROKEN
 */
export async function loadDataSource(
  options: DataSourceFile,
): Promise<{ readonly dataSource: DataSource; readonly file: string }> {
  const file = dataSourceFile(options);
  const exported = await dataSources(file);
  const dataSource = choose(exported, options.exportName, file);
  await makeSafe(dataSource, options.url);
  return { dataSource, file };
}

function dataSourceFile({ file, cwd }: DataSourceFile): string {
  if (file === undefined) {
    const found = findFile(cwd, names);
    if (found !== undefined) return found;
    throw new UsageError('NO_DATA_SOURCE', `no data source: there is no ormconfig.{ts,mts,cts,js,mjs,cjs} in ${cwd} or above`, {
      hint: 'Name the file that exports your DataSource: --data-source src/data-source.ts',
    });
  }
  const path = resolve(cwd, file);
  if (existsSync(path) && statSync(path).isFile()) return path;
  throw new UsageError('NO_DATA_SOURCE', `there is no file ${path}`, {
    hint: 'Check --data-source; it is relative to the current folder.',
  });
}

/** By instance, the names under which it is exported. */
async function dataSources(file: string): Promise<ReadonlyMap<DataSource, readonly string[]>> {
  const found = new Map<DataSource, string[]>();
  for (const [name, exported] of Object.entries(await loadModule(file, 'DATA_SOURCE_BROKEN'))) {
    let value: unknown;
    try {
      value = await exported;
    } catch (error) {
      throw brokenModule(error, file, 'DATA_SOURCE_BROKEN');
    }
    if (!isDataSource(value)) continue;
    const known = found.get(value);
    if (known === undefined) found.set(value, [name]);
    else known.push(name);
  }
  return found;
}

function choose(found: ReadonlyMap<DataSource, readonly string[]>, wanted: string | undefined, file: string): DataSource {
  const all = [...found.values()].flat();
  if (wanted !== undefined) {
    for (const [dataSource, exported] of found) if (exported.includes(wanted)) return dataSource;
    const hint = didYouMean(wanted, all) ?? (all.length === 0 ? undefined : `It exports ${all.join(', ')}.`);
    throw new UsageError('NO_DATA_SOURCE', `${file} exports no DataSource named "${wanted}"`, { hint });
  }
  const [only] = found.keys();
  if (only === undefined) {
    throw new UsageError('NO_DATA_SOURCE', `${file} exports no DataSource`, {
      hint: 'Write: export const dataSource = new DataSource({ … }). A promise of one will do as well.',
    });
  }
  if (found.size === 1) return only;
  const names = [...found.values()].map(inTurn);
  const told = names.map(([name = '', ...others]) => (others.length === 0 ? name : `${name} (also ${others.join(', ')})`));
  throw new UsageError('DATA_SOURCE_AMBIGUOUS', `${file} exports ${String(found.size)} data sources: ${told.join(', ')}`, {
    hint: `Choose one: --export-name ${names[0]?.[0] ?? ''}`,
  });
}

/** Names that somebody gave before `default`, which tells nothing. */
function inTurn(names: readonly string[]): readonly string[] {
  return [...names.filter((name) => name !== 'default'), ...names.filter((name) => name === 'default')];
}

/** By TypeORM's own mark: the application's copy of the class is not ours. */
function isDataSource(value: unknown): value is DataSource {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { '@instanceof'?: unknown })['@instanceof'] === Symbol.for('DataSource')
  );
}
