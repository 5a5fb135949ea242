import './as-a-command.js';
import { DataSource } from 'typeorm';
import { exportObjects } from 'portolan';
import { organisationEntities } from '../organisation-entities.js';
import { childOptions, report } from './options.js';
import { timedProgress } from './timed-progress.js';

const { url, path, organisation, keys, maxMemory, draws } = childOptions();
const dataSource = await new DataSource({ type: 'postgres', url, entities: [...organisationEntities(keys)] }).initialize();
const progress = draws === true ? await timedProgress() : undefined;
const result = await exportObjects(dataSource, {
  objects: [`Organisation.${String(organisation)}`],
  output: path,
  force: true,
  ...(maxMemory === undefined ? {} : { maxMemory }),
  ...(progress === undefined ? {} : { onProgress: progress.onProgress }),
});
await dataSource.destroy();
report({
  objects: result.total,
  links: Object.values(result.links).reduce((total, count) => total + count, 0),
  bytes: result.bytes,
  queries: result.statistics.queries,
  ...(progress === undefined ? {} : { drawingSeconds: progress.end() }),
  listed: [...result.closure.taken.values()].reduce((total, { taken }) => total + taken.size, 0),
});
