import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileError } from '../archive/file-error.js';
import { FileSource } from '../archive/file-source.js';
import { readLines } from '../archive/read-lines.js';
import { PortolanError, UsageError } from '../errors/portolan-error.js';
import type { KeyMap } from './key-map.js';
import { PackedKeyMap } from './key-map.js';
import type { NamedModel } from './object-named.js';
import { modelPrefix, namedKey } from './object-named.js';

/** What id maps say, by model. */
export interface IdMaps {
  readonly keys: ReadonlyMap<string, KeyMap>;
  /** Those among them that are rows which stood in for an object that was skipped. */
  readonly standIns: ReadonlyMap<string, KeyMap>;
}

/**
 * What `--id-map` wrote in earlier imports, by model: objects of models that are not known are passed over.
 *
 * @throws UsageError ID_MAP_INVALID: a file is not there, is no id map, or two of them contradict each other
 */
export async function readIdMaps(
  paths: readonly string[],
  modelNamed: (name: string) => NamedModel | undefined,
): Promise<IdMaps> {
  const maps = { keys: new Map<string, KeyMap>(), standIns: new Map<string, KeyMap>() };
  for (const path of paths) for await (const { line, where } of linesOfIdMap(path)) take(maps, line, where, modelNamed);
  return maps;
}

/** The lines of a map that hold anything, and where they stand. @throws UsageError ID_MAP_INVALID where there is no such file */
export async function* linesOfIdMap(path: string): AsyncGenerator<{ readonly line: string; readonly where: string }> {
  let number = 0;
  try {
    for await (const { bytes, ends } of readLines(FileSource.of(path), 'none')) {
      let start = 0;
      for (const end of ends) {
        number += 1;
        const line = bytes.toString('utf8', start, end).trim();
        start = end;
        if (line !== '') yield { line, where: `${path}, line ${String(number)}` };
      }
    }
  } catch (error) {
    throw unreadable(error, path);
  }
}

/** SHA-256 of a map's bytes. @throws UsageError ID_MAP_INVALID */
export async function idMapDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw unreadable(error, path);
  }
  return hash.digest('hex');
}

function unreadable(error: unknown, path: string): unknown {
  if (error instanceof PortolanError && error.code !== 'FOLDER_MISSING') return error;
  const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  if (code !== 'ENOENT') return fileError(error, path);
  return new UsageError('ID_MAP_INVALID', `${path}: there is no such id map`, { cause: error });
}

function take(
  { keys, standIns }: { readonly keys: Map<string, KeyMap>; readonly standIns: Map<string, KeyMap> },
  line: string,
  where: string,
  modelNamed: (name: string) => NamedModel | undefined,
): void {
  const [from, to, isStandIn] = namesOf(line) ?? [];
  if (from === undefined || to === undefined)
    throw invalid(`${where}: not a line of an id map`, 'One is {"from":"app.model.1","to":"app.model.7","decision":"remap"}.');
  const prefix = modelPrefix(from, modelNamed);
  const model = prefix === undefined ? undefined : modelNamed(prefix);
  if (prefix === undefined || model === undefined) return;
  const [key, other] = [from, to].map((name) =>
    name.startsWith(`${prefix}.`) ? namedKey(model, name.slice(prefix.length + 1)) : undefined,
  );
  if (key === undefined || other === undefined) throw invalid(`${where}: it does not name two objects of ${prefix}`);
  const map = mapOf(keys, model.name);
  const known = map.get(key);
  if (known !== undefined && known !== other)
    throw invalid(`${where}: ${from} was another object before`, 'Use the maps of one target, in which each object is one row.');
  map.set(key, other);
  if (isStandIn === true) mapOf(standIns, model.name).set(key, other);
}

function mapOf(maps: Map<string, KeyMap>, model: string): KeyMap {
  const map = maps.get(model) ?? new PackedKeyMap();
  maps.set(model, map);
  return map;
}

function namesOf(line: string): readonly [from: string, to: string, isStandIn: boolean] | undefined {
  try {
    const { from, to, decision } = (JSON.parse(line) ?? {}) as Readonly<Record<string, unknown>>;
    return typeof from === 'string' && typeof to === 'string' ? [from, to, decision === 'skip'] : undefined;
  } catch {
    return undefined;
  }
}

function invalid(message: string, hint = 'Name what an import wrote with --id-map.'): UsageError {
  return new UsageError('ID_MAP_INVALID', message, { hint });
}
