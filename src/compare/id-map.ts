import type { ArchiveHeader } from '../archive/archive.js';
import { fileError } from '../archive/file-error.js';
import { FileSource } from '../archive/file-source.js';
import { readLines } from '../archive/read-lines.js';
import type { Key } from '../closure/key.js';
import { isIntegerText, toKey } from '../closure/key.js';
import { PortolanError, UsageError } from '../errors/portolan-error.js';
import type { KeyMap } from '../import/key-map.js';
import { PackedKeyMap } from '../import/key-map.js';
import { splitAssignments } from '../seeds/assignments.js';

/** Which object of the second state is which of the first: what an import wrote with `--id-map`. */
export class IdMap {
  readonly #models: ReadonlyMap<string, KeyMap>;

  private constructor(models: ReadonlyMap<string, KeyMap>) {
    this.#models = models;
  }

  /** Files of JSON lines `{"from","to","decision"}`, in the names that the archive gives its objects. @throws UsageError ID_MAP_INVALID */
  static async read(paths: readonly string[], header: ArchiveHeader): Promise<IdMap> {
    const models = new Map<string, KeyMap>();
    for (const path of paths) await readMap(path, header, models);
    return new IdMap(models);
  }

  /** Undefined where the map does not name the object: it has no counterpart that anybody knows of. */
  counterpart(model: string, key: Key): Key | undefined {
    return this.#models.get(model)?.get(key);
  }
}

async function readMap(path: string, header: ArchiveHeader, models: Map<string, KeyMap>): Promise<void> {
  const parsers = new Map<string, (text: string) => Key | undefined>();
  let number = 0;
  try {
    for await (const { bytes, ends } of readLines(FileSource.of(path), 'none')) {
      let start = 0;
      for (const end of ends) {
        number += 1;
        const line = bytes.toString('utf8', start, end).trim();
        start = end;
        if (line === '') continue;
        const { from, to } = namesOf(line, path, number);
        const model = modelOf(header, from);
        if (model === undefined) continue;
        let parse = parsers.get(model);
        if (parse === undefined) parsers.set(model, (parse = keyParser(header, model)));
        const keys = [from, to].map((name) => (name.startsWith(`${model}.`) ? parse(name.slice(model.length + 1)) : undefined));
        const [own, other] = keys;
        if (own === undefined || other === undefined) throw invalid(path, number, `it does not name two objects of ${model}`);
        let known = models.get(model);
        if (known === undefined) models.set(model, (known = new PackedKeyMap()));
        const before = known.get(own);
        if (before !== undefined && before !== other) throw invalid(path, number, `${from} was another object before`);
        known.set(own, other);
      }
    }
  } catch (error) {
    if (error instanceof PortolanError && error.code !== 'FOLDER_MISSING') throw error;
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw fileError(error, path);
    throw new UsageError('ID_MAP_INVALID', `${path}: there is no such id map`, { cause: error });
  }
}

function namesOf(line: string, path: string, number: number): { readonly from: string; readonly to: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw invalid(path, number, 'not valid JSON');
  }
  const { from, to } = (value ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  if (typeof from === 'string' && typeof to === 'string') return { from, to };
  throw invalid(path, number, 'it has no "from" and "to"');
}

/** The longest name counts: a dot may stand in an app's. */
function modelOf({ entities }: ArchiveHeader, name: string): string | undefined {
  let found: string | undefined;
  for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
    const model = name.slice(0, at);
    if (entities[model] !== undefined) found = model;
  }
  return found;
}

/** The inverse of how an object's name is written. */
function keyParser({ entities }: ArchiveHeader, model: string): (text: string) => Key | undefined {
  const { key = [], columns = {} } = entities[model] ?? {};
  const members = Object.entries(columns);
  const parts = key.map((name) => {
    const [member, column] = members.find(([, one]) => one.name === name) ?? [name, undefined];
    return { names: [column?.property, name, member], kind: column?.kind ?? ('text' as const) };
  });
  const textOf = (text: string, kind: string): string | undefined => {
    if (kind === 'boolean') return text === 'true' ? 't' : text === 'false' ? 'f' : undefined;
    return kind === 'integer' && !isIntegerText(text) ? undefined : text;
  };
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) {
    return (text) => {
      const own = textOf(text, only.kind);
      return own === undefined ? undefined : toKey([own], only.kind === 'integer');
    };
  }
  return (text) => {
    const assignments = splitAssignments(text);
    if (assignments?.length !== parts.length) return undefined;
    const texts = parts.map(({ names, kind }) => {
      const given = assignments.find(([name]) => names.includes(name));
      return given === undefined ? undefined : textOf(given[1], kind);
    });
    return texts.includes(undefined) ? undefined : toKey(texts as string[], false);
  };
}

function invalid(path: string, line: number, what: string): UsageError {
  return new UsageError('ID_MAP_INVALID', `${path}:${String(line)}: ${what}`, {
    hint: 'Name what an import wrote with --id-map.',
  });
}
