import type { Key } from '../closure/key.js';
import { isIntegerText, toKey } from '../closure/key.js';
import type { ValueKind } from '../schema/schema.js';
import { splitAssignments } from '../seeds/assignments.js';

/** How the objects of a model are named. */
export interface NamedModel {
  /** What its map is found by. */
  readonly name: string;
  /** The parts of its key, each with the names that it can have in a composite one. */
  readonly key: readonly { readonly names: readonly (string | undefined)[]; readonly kind: ValueKind }[];
}

/** The object that a name means, the inverse of how it is written; undefined where it means none of a known model. */
export function objectNamed(
  name: string,
  modelNamed: (name: string) => NamedModel | undefined,
): { readonly model: string; readonly key: Key } | undefined {
  const prefix = modelPrefix(name, modelNamed);
  const model = prefix === undefined ? undefined : modelNamed(prefix);
  if (prefix === undefined || model === undefined) return undefined;
  const key = namedKey(model, name.slice(prefix.length + 1));
  return key === undefined ? undefined : { model: model.name, key };
}

/** The longest name counts: a dot may stand in an app's. */
export function modelPrefix(name: string, modelNamed: (name: string) => NamedModel | undefined): string | undefined {
  let found: string | undefined;
  for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
    const prefix = name.slice(0, at);
    if (modelNamed(prefix) !== undefined) found = prefix;
  }
  return found;
}

/** The key that stands behind the model in a name. */
export function namedKey({ key }: NamedModel, text: string): Key | undefined {
  const [only, ...others] = key;
  if (only !== undefined && others.length === 0) {
    const own = textOf(text, only.kind);
    return own === undefined ? undefined : toKey([own], only.kind === 'integer');
  }
  const assignments = splitAssignments(text);
  if (assignments?.length !== key.length) return undefined;
  const texts = key.map(({ names, kind }) => {
    const given = assignments.find(([name]) => names.includes(name));
    return given === undefined ? undefined : textOf(given[1], kind);
  });
  return texts.includes(undefined) ? undefined : toKey(texts as string[], false);
}

function textOf(text: string, kind: ValueKind): string | undefined {
  if (kind === 'boolean') return text === 'true' ? 't' : text === 'false' ? 'f' : undefined;
  return kind === 'integer' && !isIntegerText(text) ? undefined : text;
}
