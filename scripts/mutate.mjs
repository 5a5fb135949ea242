import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startServer } from '../dist/demo-app/server/embedded-server.js';

// Breaks the code in one place after another and counts what the tests notice: `npm run mutate -- closure`, or all groups.
// Each group meets the tests that are about it, the fast ones first.
const importTests = ['import/round-trip', 'import/!(faults|held-rows|lost-connection|many-rows|races)', 'demo/expected-sets'];
const groups = {
  closure: {
    mutate: ['src/closure/**/*.ts'],
    spec: ['demo/expected-sets', 'closure/**/*', 'export/limits', 'properties/**/*', 'import/round-trip'],
  },
  values: {
    mutate: ['src/values/*.ts'],
    spec: ['demo/expected-sets', 'export/limits', 'import/round-trip', 'values/**/*', 'properties/**/*'],
  },
  // What decides on each object.
  plan: {
    mutate: [
      'src/import/{check-references,decide,decisions,find-referenced,look-up-rows,make-plan,plan,plan-and-write,plan-run}.ts',
      'src/import/{planned-model,planned-runs,prove-same,prove-tables,reference-value,stand-ins,unique-look-up}.ts',
    ],
    spec: importTests,
  },
  // What is known of the target before, and what is told of the plan.
  target: {
    mutate: [
      'src/import/{check-external,conflict-advice,fill,find-by-natural-key,find-collisions,find-drift}.ts',
      'src/import/{plan-lines,refuse-nonexistent,target,tell-*}.ts',
    ],
    spec: importTests,
  },
};

const [only, ...more] = process.argv.slice(2);
const chosen = only === undefined || only.startsWith('-') ? Object.keys(groups) : [only];
const options = only === undefined || chosen[0] === only ? more : [only, ...more];

// Mutants run in copies of the project: the samples must lie beside these as they lie beside the project.
const base = JSON.parse(readFileSync('stryker.config.json', 'utf8'));
const samples = resolve('..', 'shared');
mkdirSync(base.tempDirName, { recursive: true });
if (existsSync(samples) && !existsSync(join(base.tempDirName, 'shared'))) symlinkSync(samples, join(base.tempDirName, 'shared'));

// One server for all mutants: each would start its own else.
const server = await startServer({
  inMemory: true,
  settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'],
});
for (const name of chosen) {
  const { mutate, spec } = groups[name];
  const file = join(base.tempDirName, `${name}.json`);
  const config = {
    ...base,
    mutate,
    mochaOptions: { ...base.mochaOptions, spec: spec.map((part) => `dist/test/${part}.test.js`) },
    htmlReporter: { fileName: `reports/mutation/${name}.html` },
    jsonReporter: { fileName: `reports/mutation/${name}.json` },
  };
  writeFileSync(file, JSON.stringify(config));
  const { status } = spawnSync('npx', ['stryker', 'run', file, ...options], {
    stdio: 'inherit',
    env: { ...process.env, PORTOLAN_RUNS: process.env.PORTOLAN_RUNS ?? '10', PORTOLAN_TEST_URL: server.url('postgres') },
  });
  process.exitCode ||= status ?? 1;
}
await server.stop();
