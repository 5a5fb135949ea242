import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileTypeScript } from './compile-typescript.js';
import { isTypeScript, moduleFormat } from './typescript-files.js';
import { sourceOf } from './typescript-hook.js';

/** Runs in Node's loader thread: finds the TypeScript that an import means. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(specifier, context);
  } catch (error) {
    const { parentURL } = context;
    if (parentURL?.startsWith('file:') !== true) throw error;
    const request = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
    const found = sourceOf(request, fileURLToPath(parentURL));
    if (found === undefined) throw error;
    return next(pathToFileURL(found).href, context);
  }
};

/** Runs in Node's loader thread: compiles it. */
export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:')) return next(url, context);
  const file = fileURLToPath(url);
  if (!isTypeScript(file)) return next(url, context);
  const format = moduleFormat(file);
  return { format, source: compileTypeScript(file, await readFile(file, 'utf8'), format), shortCircuit: true };
};
