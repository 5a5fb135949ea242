import './as-a-command.js';
import { statSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { undoJournal } from 'portolan';
import { organisationEntities } from '../organisation-entities.js';
import { childOptions, journalOf, report } from './options.js';

/** Takes back what the journal beside the archive tells. */
const { url, path, keys } = childOptions();
const dataSource = await new DataSource({ type: 'postgres', url, entities: [...organisationEntities(keys)] }).initialize();
const journal = journalOf(path);
const { status, plan, statistics } = await undoJournal(dataSource, { journal });
await dataSource.destroy();
if (status !== 'done') throw new Error(`it was ${status}`);
const counts = { objects: 0, links: 0 };
for (const [model, count] of [...Object.entries(plan.delete), ...Object.entries(plan.insert)])
  counts[model.endsWith('task_label') ? 'links' : 'objects'] += count;
report({ ...counts, bytes: statSync(journal).size, queries: statistics.queries, listed: 0 });
