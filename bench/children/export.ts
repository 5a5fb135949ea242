import './as-a-command.js';
import { DataSource } from 'typeorm';
import { exportObjects } from '../../src/export/export-objects.js';
import { organisationEntities } from '../organisation-entities.js';
import { childOptions, report } from './options.js';

const { url, path, organisation, keys } = childOptions();
const dataSource = await new DataSource({ type: 'postgres', url, entities: [...organisationEntities(keys)] }).initialize();
const result = await exportObjects(dataSource, { objects: [`Organisation.${String(organisation)}`], output: path, force: true });
await dataSource.destroy();
report({
  objects: result.total,
  links: Object.values(result.links).reduce((total, count) => total + count, 0),
  bytes: result.bytes,
  queries: result.statistics.queries,
  listed: [...result.closure.taken.values()].reduce((total, { taken }) => total + taken.size, 0),
});
