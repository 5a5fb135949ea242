import { createRequire } from 'node:module';
import type * as Swc from '@swc/core';

let compiler: typeof Swc | undefined;

/**
 * TypeScript as JavaScript, with the legacy decorators and the metadata that TypeORM reads column types from.
 * The compiler is loaded with the first file: most runs meet a compiled data source or none.
 */
export function compileTypeScript(file: string, source: string, format: 'module' | 'commonjs'): string {
  compiler ??= createRequire(import.meta.url)('@swc/core') as typeof Swc;
  return compiler.transformSync(source, {
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
  }).code;
}
