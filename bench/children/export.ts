import { DataSource } from 'typeorm';
import { exportObjects } from '../../src/export/export-objects.js';
import { organisationEntities } from '../organisation-entities.js';
import { organisation } from '../organisation-rows.js';
import { childOptions, report } from './options.js';

const { url, path } = childOptions();
const dataSource = await new DataSource({ type: 'postgres', url, entities: [...organisationEntities] }).initialize();
const result = await exportObjects(dataSource, { objects: [`Organisation.${String(organisation)}`], output: path, force: true });
await dataSource.destroy();
const links = Object.values(result.links).reduce((total, count) => total + count, 0);
report({ objects: result.total, links, bytes: result.bytes, queries: result.statistics.queries });
