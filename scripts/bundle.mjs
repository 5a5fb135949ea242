import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

// What is published: the compiled modules in few files, and yargs with them. Node resolves, reads and links each module by itself, and
// there are hundreds of small ones: `npm run bench -- --parts start` tells what the smallest export takes.
const output = 'dist/portolan';
const { bin, dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const bundled = new Set(['yargs']);
const external = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !bundled.has(name));

rmSync(output, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [
    { in: 'dist/src/index.js', out: 'index' },
    ...Object.keys(bin).map((program) => ({ in: `dist/src/bin/${program}.js`, out: `bin/${program}` })),
    // Named by the code, which stands in a chunk beside it.
    { in: 'dist/src/source/typescript-loader.js', out: 'chunks/typescript-loader' },
  ],
  outdir: output,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
});
copyFileSync('dist/src/values/line-kernel.wasm', join(output, 'chunks', 'line-kernel.wasm'));
// npm sets the right to run them only where it installs the package.
for (const file of Object.values(bin)) chmodSync(file, 0o755);
writeFileSync(join(output, 'LICENSES.txt'), licenses(Object.keys(metafile.inputs)));

/** The licences of the packages whose code stands in the files. */
function licenses(inputs) {
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return `${name} ${version}\n\n${licenseIn(folder)}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenseIn(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence that could go with its code`);
  return readFileSync(join(folder, file), 'utf8');
}
