import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../../demo-app/server/embedded-server.js';
import { environment } from '../environment.js';
import { megabytes } from '../run-table.js';
import { median } from '../series.js';
import { allShapes } from './all-shapes.js';
import type { ShapeSeries } from './measured-shape.js';
import { measuredShape } from './measured-shape.js';

const help = `Measures the export of shapes that break such tools against plain COPY of the same rows, and prints a Markdown table.

  npm run bench:shapes -- [--scale 1] [--runs 1] [--only TEXT] [--list]

--only takes the shapes whose name holds the text. Of several runs the median counts, and the greatest memory.
PORTOLAN_URL names a server to use; without it the benchmark brings its own.
`;

const settings = ['shared_buffers=512MB', 'max_wal_size=8GB', 'autovacuum=off'];

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(help);
else if (values.list) process.stdout.write(`${Object.keys(allShapes).join('\n')}\n`);
else await bench(Number(values.scale), Number(values.runs), values.only);

async function bench(scale: number, runs: number, only: string): Promise<void> {
  const given = process.env['PORTOLAN_URL'];
  const server = given === undefined ? await startServer({ settings }) : undefined;
  const serverUrl = given ?? server?.url('postgres') ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'portolan-shapes-'));
  try {
    const told = [...(await environment(serverUrl)), `Scale: ${String(scale)}`, `Runs: ${String(runs)}`];
    process.stdout.write(`${told.map((line) => `${line}  \n`).join('')}\n`);
    process.stdout.write('| shape | objects | links | MB | s | objects/s | queries | peak RSS, MB | COPY, s | ratio to COPY |\n');
    process.stdout.write('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n');
    const log = (text: string): void => void process.stderr.write(`${text}\n`);
    for (const name of Object.keys(allShapes).filter((one) => one.includes(only))) {
      for (const series of await measuredShape({ serverUrl, settings, folder, name, scale, runs, log }))
        process.stdout.write(`${row(name, series)}\n`);
    }
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name: string, { format, ours, theirs }: ShapeSeries): string {
  const [first] = ours;
  if (first === undefined) throw new RangeError('no run to report');
  const [seconds, copySeconds] = [ours, theirs].map((runs) => median(runs.map((run) => run.seconds))) as [number, number];
  const cells = [
    format === 'portolan' ? name : `${name}, --format ${format}`,
    first.objects.toLocaleString('en'),
    first.links.toLocaleString('en'),
    (first.bytes / 1e6).toFixed(0),
    seconds.toFixed(2),
    Math.round(first.objects / seconds).toLocaleString('en'),
    String(first.queries),
    megabytes(ours).toFixed(0),
    copySeconds.toFixed(2),
    (seconds / copySeconds).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}
