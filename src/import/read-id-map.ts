import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileError } from '../archive/file-error.js';
import type { Key } from '../closure/key.js';
import { isIntegerText, toKey } from '../closure/key.js';
import { UsageError } from '../errors/portolan-error.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity, Schema } from '../schema/schema.js';
import { splitAssignments } from '../seeds/assignments.js';
import type { KeyMap } from './key-map.js';
import { PackedKeyMap } from './key-map.js';
import type { TargetModel } from './target.js';

/**
 * What `--id-map` wrote in earlier imports, by entity: objects of models that the target does not have are passed over.
 *
 * @throws UsageError ID_MAP_INVALID: a file is no id map, or two of them contradict each other
 */
export async function readIdMaps(
  paths: readonly string[],
  schema: Schema,
  targets: ReadonlyMap<string, TargetModel>,
): Promise<ReadonlyMap<string, KeyMap>> {
  const maps = new Map<string, KeyMap>();
  for (const path of paths) {
    let line = 0;
    try {
      for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
        line += 1;
        if (text.trim() !== '') take(maps, text, `${path}, line ${String(line)}`, schema, targets);
      }
    } catch (error) {
      throw error instanceof UsageError ? error : fileError(error, path);
    }
  }
  return maps;
}

function take(
  maps: Map<string, KeyMap>,
  text: string,
  where: string,
  schema: Schema,
  targets: ReadonlyMap<string, TargetModel>,
): void {
  const [from, to] = namesOf(text) ?? [];
  if (from === undefined || to === undefined)
    throw invalid(`${where}: not a line of an id map`, 'One is {"from":"app.model.1","to":"app.model.7","decision":"remap"}.');
  const model = modelOf(from);
  const entity = targets.get(model)?.entity ?? schema.entities.get(model);
  if (entity === undefined) return;
  const [key, other] = [keyOf(entity, model, from), keyOf(entity, model, to)];
  if (key === undefined || other === undefined) throw invalid(`${where}: that is no key of ${model} in the target`);
  const map = maps.get(entity.model) ?? new PackedKeyMap();
  maps.set(entity.model, map);
  const known = map.get(key);
  if (known !== undefined && known !== other)
    throw invalid(`${where}: ${from} was another object before`, 'Use the maps of one target, in which each object is one row.');
  map.set(key, other);
}

function namesOf(text: string): readonly [from: string, to: string] | undefined {
  try {
    const { from, to } = JSON.parse(text) as { readonly from?: unknown; readonly to?: unknown };
    return typeof from === 'string' && typeof to === 'string' ? [from, to] : undefined;
  } catch {
    return undefined;
  }
}

/** What stands before the second dot. */
function modelOf(name: string): string {
  return name.slice(0, name.indexOf('.', name.indexOf('.') + 1));
}

function keyOf(entity: Entity, model: string, name: string): Key | undefined {
  if (!name.startsWith(`${model}.`)) return undefined;
  const text = name.slice(model.length + 1);
  const columns = entity.key.map((one) => entity.columns.find((column) => column.name === one));
  const parts = entity.key.length === 1 ? [text] : partsOf(columns, text);
  if (parts === undefined) return undefined;
  const texts = parts.map((part, at) => (columns[at]?.kind === 'boolean' ? part.slice(0, 1) : part));
  const isWhole = texts.every((part, at) => columns[at]?.kind !== 'integer' || isIntegerText(part));
  return isWhole ? toKey(texts, hasIntegerKey(entity)) : undefined;
}

function partsOf(columns: readonly (Entity['columns'][number] | undefined)[], text: string): readonly string[] | undefined {
  const assigned = new Map(splitAssignments(text));
  const parts = columns.flatMap((column) => assigned.get(column?.property ?? column?.name ?? '') ?? []);
  return parts.length === columns.length && assigned.size === parts.length ? parts : undefined;
}

function invalid(message: string, hint?: string): UsageError {
  return new UsageError('ID_MAP_INVALID', message, { hint });
}
