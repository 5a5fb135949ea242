import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { FailedError } from '../errors/portolan-error.js';
import { isTypeScript, moduleFormat } from './typescript-files.js';
import { hookImport, hookRequire } from './typescript-hook.js';

/**
 * What a file of the user's exports, by name: a module of either kind, compiled or TypeScript.
 *
 * @throws FailedError with `code`, naming the file, the first line of what went wrong, and what to do
 */
export async function loadModule(
  file: string,
  code: 'DATA_SOURCE_BROKEN' | 'POLICY_BROKEN' | 'PROFILE_BROKEN',
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return exportsOf(await load(file));
  } catch (error) {
    throw brokenModule(error, file, code);
  }
}

async function load(file: string): Promise<unknown> {
  // Entities that a data source names by a pattern may be TypeScript although it is not.
  hookRequire();
  if (file.endsWith('.json') || (isTypeScript(file) && moduleFormat(file) === 'commonjs'))
    return createRequire(file)(file) as unknown;
  if (isTypeScript(file)) hookImport();
  return import(pathToFileURL(file).href);
}

/** A module that another kind of module was made of has its exports one level deeper. */
function exportsOf(loaded: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(loaded)) return { default: loaded };
  if (isThenable(loaded) || '@instanceof' in loaded) return { default: loaded };
  const names = { ...loaded };
  const inner = names['default'];
  if (!isRecord(inner) || '@instanceof' in inner || isThenable(inner)) return names;
  return { ...inner, ...names };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isThenable(value: object): boolean {
  return typeof (value as { readonly then?: unknown }).then === 'function';
}

/** What to do about the troubles that loading meets most often. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /Cannot access '?(\w+)'? before initialization/u,
    "Two modules import each other: write the relation's type as Relation<…>, imported from typeorm.",
  ],
  [/does not provide an export named/u, 'Where only a type is meant, write `import type`.'],
  [/Cannot find (module|package)/u, 'Check the path of the import, and that the package is installed beside the data source.'],
  [
    /(ColumnTypeUndefined|cannot be guessed)/u,
    'The compiler that was used drops decorator metadata: give the column a type, or let Portolan load the TypeScript itself.',
  ],
  [/reflect-?metadata|getMetadata is not a function/iu, 'Import reflect-metadata before the entities.'],
  [
    /require is not defined|exports is not defined/u,
    'The package says "type": "module": write it as a module, or name the file .cts or .cjs.',
  ],
  [
    /Cannot use import statement|Unexpected token 'export'/u,
    'Name the file .mjs or .mts, or set "type": "module" in package.json.',
  ],
];

export function brokenModule(error: unknown, file: string, code: string): FailedError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const hint = advice.find(([pattern]) => pattern.test(text))?.[1];
  return new FailedError(code, `${file} does not load: ${firstLine(text)}`, {
    hint: hint ?? 'Run it with --verbose to see where.',
    detail: error instanceof Error ? error.stack : text,
    cause: error,
  });
}

/** Compilers draw the place in colours and boxes: the first line with words says what is wrong. */
function firstLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- terminal colours
  const lines = text.replaceAll(/\u001B\[[0-9;]*m/gu, '').split('\n');
  return (lines.map((line) => line.replace(/^(Error: )?\s*[×x✖]?\s*/u, '').trim()).find((line) => line !== '') ?? text).slice(
    0,
    300,
  );
}
