import { existsSync, readFileSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileTypeScript } from './compile-typescript.js';
import { mappedPaths } from './path-mapping.js';
import { candidates, isTypeScript } from './typescript-files.js';

let required = false;
let imported = false;

/** Makes `require` read TypeScript. Nothing is compiled, and no compiler loaded, until a file needs it. */
export function hookRequire(): void {
  if (required) return;
  required = true;
  const { Module } = nodeModule as unknown as { readonly Module: CommonJsLoader };
  for (const extension of ['.ts', '.cts', '.mts']) {
    const before = Module._extensions[extension];
    Module._extensions[extension] = (module, file) => {
      if (!isTypeScript(file)) (before ?? Module._extensions['.js'])?.(module, file);
      else module._compile(compileTypeScript(file, readFileSync(file, 'utf8'), 'commonjs'), file);
    };
  }
  const resolveFilename = Module._resolveFilename.bind(Module);
  Module._resolveFilename = (request, parent, ...rest) => {
    try {
      return resolveFilename(request, parent, ...rest);
    } catch (error) {
      const found = parent?.filename == null ? undefined : sourceOf(request, parent.filename);
      if (found === undefined) throw error;
      return found;
    }
  };
}

/** Makes `import` read TypeScript too. Costs the start of a loader thread, so only where a module is TypeScript. */
export function hookImport(): void {
  hookRequire();
  if (imported) return;
  imported = true;
  nodeModule.register('./typescript-loader.js', import.meta.url);
}

/** The file that an import means which Node did not find. */
export function sourceOf(request: string, importer: string): string | undefined {
  if (!isTypeScript(importer)) return undefined;
  // A policy imports `definePolicy`; what npx runs need not be installed beside it.
  if (request === 'portolan') return fileURLToPath(new URL('../index.js', import.meta.url));
  const paths =
    request.startsWith('.') || isAbsolute(request) ? [resolve(dirname(importer), request)] : mappedPaths(request, importer);
  for (const path of paths) {
    const found = [path, ...candidates(path)].find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Node's own loader for CommonJS: these members are undocumented, and stable because every TypeScript loader uses them. */
interface CommonJsLoader {
  readonly _extensions: Record<string, ((module: CommonJsModule, file: string) => void) | undefined>;
  _resolveFilename(request: string, parent: { readonly filename?: string | null } | undefined, ...rest: unknown[]): string;
}

interface CommonJsModule {
  _compile(code: string, file: string): void;
}
