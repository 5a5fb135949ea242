import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isStandardOutput } from '../archive/output-place.js';
import { UsageError } from '../errors/portolan-error.js';
import { isUrl, objectPlace } from '../store/object-place.js';

/** Options and arguments that name files, by what is done to them. */
const read = ['path', 'archive', 'a', 'b', 'archives', 'withIdMap', 'applyPlan', 'takenBack', 'dataSource', 'policy'] as const;
const written = ['output', 'plan', 'idMap', 'journal', 'receipt', 'findings'] as const;

/** What it is called on the command line. */
const called: Readonly<Record<string, string>> = {
  path: 'the archive',
  archive: 'the archive',
  a: 'the archive',
  b: 'the archive',
  archives: 'an archive',
  withIdMap: '--with-id-map',
  applyPlan: '--apply-plan',
  takenBack: 'the journal',
  dataSource: '--data-source',
  idMap: '--id-map',
};

/** No output may take the place of what is read, or of another output. @throws UsageError OPTION_VALUE */
export function checkFiles(args: object): void {
  const given = args as Readonly<Record<string, unknown>>;
  const seen = new Map<string, string>();
  for (const name of [...read, ...written]) {
    for (const path of [given[name]].flat()) {
      if (typeof path !== 'string' || path === '' || isStandardOutput(path)) continue;
      const place = placeOf(path);
      if (place === undefined) continue;
      const other = seen.get(place);
      const isResealed = name === 'output' && other === 'archive';
      if (other !== undefined && !isResealed && !(read as readonly string[]).includes(name)) {
        throw new UsageError('OPTION_VALUE', `${nameOf(name)} would overwrite ${nameOf(other)}: ${path}`, {
          hint: 'Name another file.',
        });
      }
      seen.set(place, name);
    }
  }
}

/** @throws UsageError OPTION_VALUE */
export function checkNames(args: object): void {
  for (const name of ['dataSource', 'policy', 'applyPlan', ...written])
    checkName(name, (args as Readonly<Record<string, unknown>>)[name]);
}

/** An unset variable of a script names no file, and a file called `-` is seldom meant. */
function checkName(name: string, path: unknown): void {
  if (typeof path === 'string' && isUrl(path) && name !== 'output') {
    throw new UsageError('OPTION_VALUE', `${nameOf(name)} takes the name of a file, not ${path}`, {
      hint: 'Only archives are kept in buckets.',
    });
  }
  if (path === '') throw new UsageError('OPTION_VALUE', `${nameOf(name)} is given the name of no file`);
  if (path !== '-' || name === 'output' || !(written as readonly string[]).includes(name)) return;
  throw new UsageError('OPTION_VALUE', `${nameOf(name)} takes the name of a file, not -`, {
    hint: 'Write /dev/stdout for standard output, ./- for a file of that name.',
  });
}

function nameOf(option: string): string {
  return called[option] ?? `--${option}`;
}

/** The object of a bucket, or the file itself, which can have several names, or where the path leads; undefined for what holds nothing that could be lost: a pipe, a device. */
function placeOf(path: string): string | undefined {
  const object = objectPlace(path);
  if (object !== undefined) return object.url;
  try {
    const file = statSync(path, { bigint: true });
    return file.isFile() ? `${String(file.dev)}:${String(file.ino)}` : undefined;
  } catch {
    try {
      return join(realpathSync(dirname(resolve(path))), basename(path));
    } catch {
      return resolve(path);
    }
  }
}
