import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// The suite under c8: `npm run coverage`. Files that hold only types run nothing, so they count neither as covered nor as
// uncovered (c8 would count each of their lines as never run); all else of src counts, also what no test loads.
const { exclude } = JSON.parse(readFileSync('.c8rc.json', 'utf8'));
const emitted = readdirSync('dist/src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
const typesOnly = emitted.filter((file) => /^\s*export \{\};\s*(\/\/.*\s*)?$/.test(readFileSync(join('dist/src', file), 'utf8')));
// Once as it was compiled, once as the map of what was compiled names it.
const excluded = [...exclude, ...typesOnly.flatMap((file) => [`dist/src/${file}`, `src/${file.replace(/js$/, 'ts')}`])];
const { status } = spawnSync(
  'npx',
  ['c8', ...excluded.flatMap((pattern) => ['--exclude', pattern]), 'mocha', 'dist/test/**/*.test.js', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
