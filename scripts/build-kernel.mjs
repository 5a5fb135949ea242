import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/** Compiles what runs as WebAssembly, where it has changed. */
const folder = 'src/values/assembly';
const output = 'dist/src/values/line-kernel.wasm';
const changed = Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
if (!existsSync(output) || statSync(output).mtimeMs < changed) {
  const options = ['--runtime', 'stub', '--noAssert', '-O3', '--enable', 'simd'];
  const { error, stderr } = await asc.main([join(folder, 'kernel.ts'), '--outFile', output, ...options]);
  if (error !== null) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`);
    process.exitCode = 1;
  }
}
