import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** `paths` of the nearest tsconfig.json that has them: what a bare import may mean in the user's project. */
export function mappedPaths(request: string, importer: string): readonly string[] {
  const { base, paths } = mappingFor(dirname(importer));
  for (const [pattern, targets] of Object.entries(paths)) {
    const [before = '', after] = pattern.split('*');
    if (after === undefined ? request !== pattern : !(request.startsWith(before) && request.endsWith(after))) continue;
    const wildcard = after === undefined ? '' : request.slice(before.length, request.length - after.length);
    return targets.map((target) =>
      resolve(
        base,
        target.replace('*', () => wildcard),
      ),
    );
  }
  return [];
}

interface Mapping {
  readonly base: string;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

const none: Mapping = Object.freeze({ base: '', paths: {} });
const known = new Map<string, Mapping>();

function mappingFor(folder: string): Mapping {
  const cached = known.get(folder);
  if (cached !== undefined) return cached;
  const file = join(folder, 'tsconfig.json');
  const parent = dirname(folder);
  const mapping = existsSync(file) ? mappingOf(file, 0) : parent === folder ? none : mappingFor(parent);
  known.set(folder, mapping);
  return mapping;
}

/** Follows `extends` by path only; a preset from a package seldom maps paths of the project. */
function mappingOf(file: string, depth: number): Mapping {
  const config = parsed(file);
  const { paths, baseUrl } = config.compilerOptions ?? {};
  if (paths !== undefined) return { base: resolve(dirname(file), baseUrl ?? '.'), paths };
  const parent =
    typeof config.extends === 'string' && config.extends.startsWith('.') ? resolve(dirname(file), config.extends) : undefined;
  const found = parent === undefined ? undefined : [parent, `${parent}.json`].find((path) => existsSync(path));
  return found === undefined || depth > 10 ? none : mappingOf(found, depth + 1);
}

interface Configuration {
  readonly extends?: unknown;
  readonly compilerOptions?: { readonly baseUrl?: string; readonly paths?: Readonly<Record<string, readonly string[]>> };
}

/** tsconfig.json may hold comments and trailing commas. One that cannot be read maps nothing. */
function parsed(file: string): Configuration {
  const json = readFileSync(file, 'utf8').replace(
    /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*(?:(?:\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)\s*)*[}\]])/gu,
    (_, text: string | undefined) => text ?? '',
  );
  try {
    return JSON.parse(json) as Configuration;
  } catch {
    return {};
  }
}
