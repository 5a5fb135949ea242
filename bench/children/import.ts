import './as-a-command.js';
import { statSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { importObjects } from 'portolan';
import { organisationEntities } from '../organisation-entities.js';
import type { Meeting } from './options.js';
import { childOptions, journalOf, report, total } from './options.js';

const expected = {
  empty: { status: 'done', decision: 'insert', links: 'insert' },
  'empty, bulk': { status: 'done', decision: 'insert', links: 'insert' },
  'empty, with a journal': { status: 'done', decision: 'insert', links: 'insert' },
  same: { status: 'planned', decision: 'same', links: 'same' },
  taken: { status: 'refused', decision: 'conflict', links: 'same' },
  others: { status: 'done', decision: 'remap', links: 'insert' },
} as const satisfies Readonly<Record<Meeting, unknown>>;

const { url, path, keys, meets } = childOptions();
const { status, decision, links } = expected[meets];
const dataSource = await new DataSource({ type: 'postgres', url, entities: [...organisationEntities(keys)] }).initialize();
let readBack = 0;
let last = performance.now();
const result = await importObjects(dataSource, {
  archive: path,
  // Statements follow each other, and nothing else is done while one of these gives its rows.
  onQuery: ({ purpose }) => {
    const now = performance.now();
    if (purpose === 'read the whole table') readBack += now - last;
    last = now;
  },
  dryRun: status !== 'done',
  ...(meets === 'empty, bulk' ? { bulkConstraints: true } : {}),
  ...(meets === 'empty, with a journal' ? { journal: journalOf(path) } : {}),
  ...(meets === 'others' ? { onConflict: 'remap' } : {}),
});
await dataSource.destroy();
if (result.status !== status) throw new Error(`the import was ${result.status}, not ${status}`);
report({
  objects: total(result.plan[decision]),
  links: total(result.links[links]),
  bytes: statSync(path).size,
  queries: result.statistics.queries,
  listed: 0,
  readBackSeconds: readBack / 1000,
});
