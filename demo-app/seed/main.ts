import { parseArgs } from 'node:util';
import { readDemoUrl } from '../demo-url.js';
import { createLibrary, seedLibrary } from './seed-library.js';

const help = `Creates the library's tables in an empty database and fills them with a few hundred made-up objects.

  npm run demo:seed -- [--url URL] [--seed NUMBER] [--schema-only]

Without --url: PORTOLAN_URL, else the database that \`npm run demo:db\` keeps up. The same seed gives the same rows.
`;

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    seed: { type: 'string' },
    'schema-only': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const url = values.url ?? process.env['PORTOLAN_URL'] ?? readDemoUrl();
if (values.help) {
  process.stdout.write(help);
} else if (url === undefined) {
  process.stderr.write(help);
  process.exitCode = 2;
} else if (values['schema-only']) {
  await createLibrary(url);
} else {
  const counts = await seedLibrary(url, values.seed === undefined ? undefined : Number(values.seed));
  for (const [table, rows] of Object.entries(counts)) process.stdout.write(`${table} ${String(rows)}\n`);
}
