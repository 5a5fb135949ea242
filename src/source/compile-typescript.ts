import { createRequire } from 'node:module';
import type * as Swc from '@swc/core';

let compiler: typeof Swc | undefined;

/**
 * TypeScript as JavaScript, with the legacy decorators and the metadata that TypeORM reads column types from.
 * The compiler is loaded with the first file: most runs meet a compiled data source or none.
 */
export function compileTypeScript(file: string, source: string, format: 'module' | 'commonjs'): string {
  compiler ??= createRequire(import.meta.url)('@swc/core') as typeof Swc;
  const { code } = compiler.transformSync(source, {
    filename: file,
    swcrc: false,
    configFile: false,
    isModule: true,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
      // Fields without initializer must not hide what a decorator or a base class defines.
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: format === 'module' ? { type: 'es6' } : { type: 'commonjs', ignoreDynamic: true },
  });
  return code.replace(typeOfLater, '(() => { try { return $1 ?? Object; } catch { return Object; } })()');
}

/**
 * What the compiler writes for the type of a decorated member. Where entities import each other in a circle, a class is not there
 * yet: to ask for it fails, although nobody needs it, since relations name their class by a function. What tsc makes of CommonJS
 * gets `Object` then, and so do we.
 */
const typeOfLater = /typeof [\w$.]+ === "undefined"(?: \|\| typeof [\w$.]+ === "undefined")* \? Object : ([\w$.]+)/gu;
