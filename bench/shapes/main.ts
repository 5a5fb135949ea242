import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../../demo-app/server/embedded-server.js';
import { environment } from '../environment.js';
import { runStatements } from '../run-statements.js';
import { allShapes } from './all-shapes.js';
import type { ShapeReport } from './children/shape-options.js';
import type { Shape } from './shape.js';

const help = `Measures the export of shapes that break such tools against plain COPY of the same rows, and prints a Markdown table.

  npm run bench:shapes -- [--scale 1] [--only TEXT] [--list]

--only takes the shapes whose name holds the text.
PORTOLAN_URL names a server to use; without it the benchmark brings its own.
`;

const settings = ['shared_buffers=512MB', 'max_wal_size=8GB', 'autovacuum=off'];

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else if (values.list) process.stdout.write(`${Object.keys(allShapes).join('\n')}\n`);
else await bench(Number(values.scale), values.only);

async function bench(scale: number, only: string): Promise<void> {
  const given = process.env['PORTOLAN_URL'];
  const server = given === undefined ? await startServer({ settings }) : undefined;
  const url = given ?? server?.url('postgres') ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'portolan-shapes-'));
  const database = `portolan_shapes_${String(process.pid)}`;
  const own = new URL(url);
  own.pathname = `/${database}`;
  try {
    process.stdout.write(`${[...(await environment(url)), `Scale: ${String(scale)}`].join('\n')}\n\n`);
    process.stdout.write('| shape | objects | links | s | objects/s | queries | peak RSS, MB | ratio to COPY |\n');
    process.stdout.write('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n');
    for (const [name, make] of Object.entries(allShapes)) {
      if (!name.includes(only)) continue;
      process.stderr.write(`${name}: generating …\n`);
      await runStatements(url, [
        `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
        `CREATE DATABASE ${database} TEMPLATE template0`,
      ]);
      await fill(own.href, make(scale));
      process.stderr.write(`${name}: measuring …\n`);
      const measure = (child: string): Promise<Measurement> => measured(child, own.href, join(folder, 'out.json'), name, scale);
      const plain = await measure('copy-shape');
      const ours = await measure('export-shape');
      process.stdout.write(`${row(name, ours, plain)}\n`);
    }
  } finally {
    await runStatements(url, [`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]);
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(url: string, { sql, analysed }: Shape): Promise<void> {
  await runStatements(url, [...sql, ...(analysed === false ? [] : ['VACUUM ANALYZE']), 'CHECKPOINT']);
}

interface Measurement extends ShapeReport {
  readonly seconds: number;
}

/** A whole process, from its start to its end. */
async function measured(child: string, url: string, path: string, shape: string, scale: number): Promise<Measurement> {
  const script = join(import.meta.dirname, 'children', `${child}.js`);
  const words = [script, '--url', url, '--path', path, '--shape', shape, '--scale', String(scale)];
  const start = performance.now();
  const lines = await output(words);
  const seconds = (performance.now() - start) / 1000;
  return { ...(JSON.parse(lines.trimEnd().split('\n').at(-1) ?? '') as ShapeReport), seconds };
}

function output(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    process_.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    process_.once('error', reject);
    process_.once('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${words.join(' ')} ended with ${String(code)}`));
    });
  });
}

function row(name: string, ours: Measurement, plain: Measurement): string {
  if (ours.objects !== plain.objects || ours.links !== plain.links) {
    throw new Error(`${name}: ${JSON.stringify(ours)} is not what COPY gave: ${JSON.stringify(plain)}`);
  }
  const cells = [
    name,
    ours.objects.toLocaleString('en'),
    ours.links.toLocaleString('en'),
    ours.seconds.toFixed(2),
    Math.round(ours.objects / ours.seconds).toLocaleString('en'),
    String(ours.queries),
    (ours.maxRss / 1024).toFixed(0),
    (ours.seconds / plain.seconds).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}
