import './as-a-command.js';
import { rmSync, statSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { deleteObjects } from 'portolan';
import { organisationEntities } from '../organisation-entities.js';
import { childOptions, journalOf, report, total } from './options.js';

/** Deletes what the archive holds, and writes down what takes that back. */
const { url, path, keys } = childOptions();
const dataSource = await new DataSource({ type: 'postgres', url, entities: [...organisationEntities(keys)] }).initialize();
const journal = journalOf(path);
rmSync(journal, { force: true });
const { plan, statistics } = await deleteObjects(dataSource, { archive: path, journal });
await dataSource.destroy();
if (plan.keptCount > 0) throw new Error(`${String(plan.keptCount)} objects were kept`);
report({
  ...{ objects: total(plan.delete), links: total(plan.links), bytes: statSync(path).size },
  ...{ queries: statistics.queries, listed: 0 },
});
