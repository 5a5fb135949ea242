import { DataSource } from 'typeorm';
import { organisationEntities } from './organisation-entities.js';

/** The benchmark's data source as an application has one: what the measures of the command line load. */
export default new DataSource({
  type: 'postgres',
  url: process.env['PORTOLAN_BENCH_URL'] ?? '',
  entities: [...organisationEntities('integer')],
});
