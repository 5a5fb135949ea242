import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';

/** An open data source without entities. */
export function dataSourceOf(
  url: string,
  options: Partial<Extract<DataSourceOptions, { type: 'postgres' }>> = {},
): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [],
    logging: false,
    installExtensions: false,
    ...options,
  }).initialize();
}
