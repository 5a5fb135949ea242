import { statSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { importObjects } from '../../src/import/import-objects.js';
import { organisationEntities } from '../organisation-entities.js';
import { childOptions, report } from './options.js';

const { url, path } = childOptions();
const dataSource = await new DataSource({ type: 'postgres', url, entities: [...organisationEntities] }).initialize();
const result = await importObjects(dataSource, { archive: path });
await dataSource.destroy();
if (result.status !== 'done') throw new Error(`the import was ${result.status}`);
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
report({
  objects: sum(result.plan.insert),
  links: sum(result.links.insert),
  bytes: statSync(path).size,
  queries: result.statistics.queries,
});
