import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** TypeScript that we compile: anything the user wrote, nothing that was installed. */
export function isTypeScript(file: string): boolean {
  return /(?<!\.d)\.[mc]?ts$/u.test(file) && !file.includes(`${sep}node_modules${sep}`);
}

/** How Node treats a file: by its extension, else by `type` of the nearest package.json. */
export function moduleFormat(file: string): 'module' | 'commonjs' {
  if (/\.m[jt]s$/u.test(file)) return 'module';
  if (/\.c[jt]s$/u.test(file)) return 'commonjs';
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return packageType(manifest);
    if (dirname(folder) === folder) return 'commonjs';
  }
}

const sources: Readonly<Record<string, readonly string[]>> = Object.freeze({
  '.js': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
});

/** What a path in an import may mean where there is no such file: the source beside it, an extension left out, a folder. */
export function candidates(path: string): readonly string[] {
  const extension = /\.[mc]?js$/u.exec(path)?.[0];
  const compiled =
    extension === undefined ? [] : (sources[extension] ?? []).map((source) => path.slice(0, -extension.length) + source);
  const bare = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
  return [...compiled, ...bare.map((one) => path + one), ...bare.map((one) => join(path, `index${one}`))];
}

function packageType(manifest: string): 'module' | 'commonjs' {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly type?: unknown }).type === 'module' ? 'module' : 'commonjs';
  } catch {
    return 'commonjs';
  }
}
